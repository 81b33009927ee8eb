"""A run of the tests: its folder, and the end of everything that it has started.

A run may be cut off at any moment, by Ctrl-C or by a kill that it never sees. So a
small process of its own watches it: this file, run as a script. When the run is gone,
the watcher kills what still carries the run's mark in its environment, which servers
and their servers inherit, and removes the folder.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

MARK: Final = "TEST_RUN_FOLDER"
_END_SECONDS: Final = 30
_ROUNDS: Final = 20


def run_folder() -> Path:
    """Return a folder that all processes of this run share."""
    return Path(os.environ[MARK])


class Run:
    """Begins and ends with the process that the others joined."""

    def __init__(self) -> None:
        """Nothing has begun yet."""
        self._watcher: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Make the folder and start the watcher, unless this run is a part of one."""
        if MARK in os.environ:
            return
        folder = tempfile.mkdtemp(prefix="tests-")
        self._watcher = subprocess.Popen(  # noqa: S603 - this file
            [sys.executable, "-I", __file__, folder],
            start_new_session=True,
            stdin=subprocess.PIPE,
        )
        os.environ[MARK] = folder

    def end(self) -> None:
        """Let the watcher do its work, and wait for it."""
        if self._watcher is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self._watcher.communicate(timeout=_END_SECONDS)
        self._watcher = None
        del os.environ[MARK]


def _marked(folder: str) -> Iterator[int]:
    """Yield the processes with this folder in their environment, where Linux tells."""
    mark = f"{MARK}={folder}".encode()
    for found in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if mark in found.read_bytes().split(b"\0"):
                yield int(found.parent.name)


def watch(folder: str) -> None:
    """Wait for the end of the run, then clean up behind it."""
    sys.stdin.buffer.read()
    for _ in range(_ROUNDS):  # what is killed may have been starting something
        left = list(_marked(folder))
        for process in left:
            with suppress(OSError):
                os.kill(process, signal.SIGKILL)
        if not left:
            break
        time.sleep(0.1)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    watch(sys.argv[1])
