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
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
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

    @property
    def hint(self) -> str:
        """How to go on by hand with a project whose files are all there."""
        lines = "\n  ".join(self.rest)
        return f"all files are in {self.kept}; go on there:\n  {lines}"


class _TerminatedError(KeyboardInterrupt):
    """A termination signal; like Ctrl-C it passes every `except Exception`."""


@contextmanager
def interruptible() -> Generator[Progress]:
    """Turn signals into an error, after everything on the way has cleaned up.

    Raises:
        InterruptedRunError: The run was stopped.
    """
    progress = Progress()
    before = [signal.signal(number, _terminate) for number in _SIGNALS]
    try:
        yield progress
    except KeyboardInterrupt as problem:
        if progress.kept is None:
            raise InterruptedRunError("stopped; nothing was written.") from problem
        message = f"stopped; the project in {progress.kept} is complete."
        hint = progress.hint if progress.rest else ""
        raise InterruptedRunError(message, hint) from problem
    finally:
        for number, handler in zip(_SIGNALS, before, strict=True):
            signal.signal(number, handler)


def _terminate(_number: int, _frame: FrameType | None) -> None:
    raise _TerminatedError
