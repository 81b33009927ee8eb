"""When a worker that ended is started again, and what it leaves behind.

A death costs nothing but itself: the others go on, and a new worker starts at once.
One that dies again soon waits longer each time, so that a fault in the code cannot keep
the machine busy. Only a service that cannot start at all ends: whoever started it sees
that at once.
"""

import os
import time
from collections.abc import Callable
from typing import Any, Final

from prometheus_client import multiprocess

_FIRST_SECONDS: Final = 1.0
_MOST_SECONDS: Final = 30.0
_CALM_SECONDS: Final = 60.0
_MOST_DOUBLINGS: Final = 5


class Respawns:
    """Remembers which workers ended, and when each may start again."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Know of no worker yet; `monotonic` is replaced in tests."""
        self._monotonic = monotonic
        self._born: dict[int, float] = {}
        self._streaks: dict[int, int] = {}
        self._due: dict[int, float] = {}
        self._proven = False

    def started(self, slot: int) -> None:
        """Take note that the worker of this place runs from now on."""
        self._born[slot] = self._monotonic()
        self._due.pop(slot, None)

    def ended(self, slot: int, exit_code: int | None) -> None:
        """Decide when the next worker of this place starts.

        Args:
            slot: The worker's place.
            exit_code: Negative when a signal ended it; nothing when it was hung.
        """
        now = self._monotonic()
        lived = now - self._born.pop(slot, now)
        calm = lived >= _CALM_SECONDS
        self._proven = self._proven or calm
        # A kill from outside says nothing about the code: the first costs no wait.
        streak = (0 if calm else self._streaks.get(slot, 0)) + 1
        self._streaks[slot] = streak
        doublings = streak - 1 if _refused(exit_code) else streak - 2
        wait = _FIRST_SECONDS * 2.0 ** min(doublings, _MOST_DOUBLINGS)
        self._due[slot] = now + (min(wait, _MOST_SECONDS) if doublings >= 0 else 0)

    def hopeless(self, exit_code: int | None) -> bool:
        """Say whether the last one ended by itself and none has ever worked."""
        return _refused(exit_code) and not self._proven and not self._born

    def due(self) -> list[int]:
        """Return the places whose wait is over."""
        now = self._monotonic()
        return [slot for slot, moment in self._due.items() if moment <= now]

    def seconds(self) -> float | None:
        """Return how long until the next one is due; nothing when all run."""
        if not self._due:
            return None
        return max(0.0, min(self._due.values()) - self._monotonic())


def forget_gauges(pid: int | None) -> None:
    """Take a dead worker's share out of what counts the living, such as requests."""
    if pid is not None and "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        untyped: Any = multiprocess
        untyped.mark_process_dead(pid)


def _refused(exit_code: int | None) -> bool:
    """Say whether a worker ended by itself, and not well."""
    return exit_code is not None and exit_code > 0
