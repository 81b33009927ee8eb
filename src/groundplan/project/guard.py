"""Runs a program that must not outlive the command which started it.

    python guard.py PROGRAM [ARGUMENT...]

Nothing is ever written to its standard input, whose other end the command holds. When
that end is closed, because the command was stopped or killed, the program ends together
with all that it has started. This needs no system call that only some systems have.

It runs alone, without the package: it has to start quickly.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

PATIENCE = 5.0
"""Seconds in which a program may clean up before it is killed."""

_STOPS = ("SIGINT", "SIGTERM", "SIGHUP")


def main(command: list[str]) -> int:
    """Run the program to its end, or to that of whoever holds standard input.

    Args:
        command: The program and its arguments.

    Returns:
        The program's exit code; 128 and the signal's number when a signal ended it.
    """
    for name in _STOPS:
        # A signal for the whole group reaches the command, too, and that decides. An
        # ignored one would stay ignored in the program, so it is heard and dropped.
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _drop)
    program = subprocess.Popen(  # noqa: S603 - what the command asks for
        command, stdin=subprocess.DEVNULL, start_new_session=True
    )
    ending = threading.Event()
    watcher = threading.Thread(target=_watch, args=(program, ending), daemon=True)
    watcher.start()
    code = program.wait()
    if ending.is_set():
        watcher.join()
    return code if code >= 0 else 128 - code


def _drop(_number: int, _frame: object) -> None:
    """Do nothing."""


def _watch(program: subprocess.Popen[bytes], ending: threading.Event) -> None:
    while os.read(0, 1):
        pass
    ending.set()
    end(program)


def end(program: subprocess.Popen[bytes]) -> None:
    """End the program and what it has started, first in peace.

    Args:
        program: Leads a session of its own.
    """
    if not hasattr(os, "killpg"):  # pragma: no cover - Windows
        tree = ("taskkill", "/T", "/F", "/PID", str(program.pid))
        subprocess.run(tree, capture_output=True, check=False)  # noqa: S603 - a number
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(program.pid, signal.SIGTERM)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            os.killpg(program.pid, 0)
            time.sleep(0.02)
        os.killpg(program.pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
