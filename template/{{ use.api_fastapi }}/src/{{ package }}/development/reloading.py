"""Runs processes, and starts them again whenever a source file changes."""

import ast
import logging
import signal
import subprocess
import time
import traceback
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import httpx

from ..core.console import err

type Command = Sequence[str]

_STEP_MILLISECONDS: Final = 200
_ANSWER_SECONDS: Final = 1
_STOP_SECONDS: Final = 10
_HINT: Final = "\n\nhint: it starts again when a file is saved"


class Reloading:
    """Keeps a service running while its code changes.

    What cannot run is shown and waits for the next change: by then it may be repaired.
    """

    def __init__(self, commands: Sequence[Command], folder: Path, *, url: str) -> None:
        """Remember what runs; nothing is started yet.

        Args:
            commands: What to run.
            folder: Where a change starts all of them again.
            url: Where the service answers.
        """
        self._commands = commands
        self._folder = folder
        self._live = f"{url}/health/live"
        self._url = url
        self._broken: set[Path] = set()
        self._running: list[subprocess.Popen[bytes]] = []
        self._answered = False

    def run(self, greeting: str) -> None:
        """Run until a signal comes; print the greeting once the service answers.

        Raises:
            KeyboardInterrupt: The signal; everything has ended by then.
        """
        # Only development has it, and nothing else of the service needs it.
        from watchfiles import watch  # noqa: PLC0415

        logging.getLogger("watchfiles").setLevel(logging.WARNING)
        text = greeting
        try:
            self._start()
            for changes in watch(
                self._folder, rust_timeout=_STEP_MILLISECONDS, yield_on_timeout=True
            ):
                if changes:
                    self._restart({Path(name) for _, name in changes})
                self._report_ended()
                if not self._answered and self._answers():
                    err.print(text, markup=False)
                    text = f"serving again on {self._url}"
        finally:
            self._stop()

    def _start(self) -> None:
        self._answered = False
        # They share the terminal: each also gets its Ctrl-C.
        self._running = [
            subprocess.Popen(command)  # noqa: S603 - the service's own commands
            for command in self._commands
        ]

    def _restart(self, changed: set[Path]) -> None:
        names = sorted(str(path.relative_to(self._folder)) for path in changed)
        err.print(f"changed: {', '.join(names)}", markup=False)
        self._stop()
        self._broken = set(_show_broken(self._broken | changed))
        if not self._broken:
            self._start()

    def _stop(self) -> None:
        for process in self._running:
            process.terminate()
        end = time.monotonic() + _STOP_SECONDS
        for process in self._running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0, end - time.monotonic()))
            process.kill()
            process.wait()
        self._running = []

    def _report_ended(self) -> None:
        for process in self._running.copy():
            code = process.poll()
            if code is not None:
                self._running.remove(process)
                err.print(f"The service ended ({ending(code)}).{_HINT}", markup=False)

    def _answers(self) -> bool:
        try:
            answer = httpx.get(self._live, timeout=_ANSWER_SECONDS, trust_env=False)
        except httpx.TransportError:
            return False
        self._answered = answer.is_success
        return self._answered


def _show_broken(sources: Iterable[Path]) -> list[Path]:
    """Print the errors that keep sources from being read; return those sources."""
    broken: list[Path] = []
    for source in sorted(sources):
        if source.suffix != ".py" or not source.is_file():
            continue
        try:
            ast.parse(source.read_bytes(), str(source))
        except (SyntaxError, ValueError) as error:
            broken.append(source)
            shown = "".join(traceback.format_exception_only(error)).rstrip()
            err.print(f"{shown}{_HINT}", markup=False)
    return broken


def ending(code: int) -> str:
    """Return how a process ended, from its exit code.

    Args:
        code: Negative when a signal ended it.
    """
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
