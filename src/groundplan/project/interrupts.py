"""Ctrl-C and termination signals: leave nothing half-written, say what is kept."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import InterruptedRunError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path
    from types import FrameType

_SIGNALS = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP")
    if hasattr(signal, name)
)


@dataclass
class Progress:
    """How far a run is.

    Attributes:
        kept: The finished project, once there is one.
        rest: The commands that are still to run, as somebody types them.
    """

    kept: Path | None = None
    rest: list[str] = field(default_factory=list[str])
    _is_held: bool = False
    _is_stopped: bool = False

    @property
    def hint(self) -> str:
        """How to go on with a project whose files are all there."""
        lines = "\n  ".join(self.rest)
        return (
            f"all files are in {self.kept}; the same command goes on with them, "
            f"or by hand:\n  {lines}"
        )

    @contextmanager
    def undisturbed(self) -> Generator[None]:
        """What stands inside happens whole: a signal meanwhile is heard in the end."""
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
        if self._is_stopped:
            raise _TerminatedError

    def stop(self, _number: int, _frame: FrameType | None) -> None:
        """Handle a signal."""
        self._is_stopped = True
        if not self._is_held:
            raise _TerminatedError


class _TerminatedError(KeyboardInterrupt):
    """A termination signal; like Ctrl-C it passes every `except Exception`."""


@contextmanager
def interruptible() -> Generator[Progress]:
    """Turn signals into an error, after everything on the way has cleaned up.

    Raises:
        InterruptedRunError: The run was stopped.
    """
    progress = Progress()
    # What is ignored stays ignored: `nohup` and a shell's background jobs do that.
    heard = [each for each in _SIGNALS if signal.getsignal(each) != signal.SIG_IGN]
    before = [signal.signal(number, progress.stop) for number in heard]
    try:
        yield progress
    except KeyboardInterrupt as problem:
        if progress.kept is None:
            raise InterruptedRunError("stopped; nothing was written.") from problem
        message = f"stopped; the project in {progress.kept} is complete."
        hint = progress.hint if progress.rest else ""
        raise InterruptedRunError(message, hint) from problem
    finally:
        for number, handler in zip(heard, before, strict=True):
            signal.signal(number, handler)
