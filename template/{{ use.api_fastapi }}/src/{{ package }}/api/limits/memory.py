"""Buckets in the memory of one worker, for when nothing else answers."""

import time
from collections.abc import Callable, Sequence
from math import floor
from typing import Final

from cachetools import LRUCache

from .bucket import ROUNDING, WINDOW, Ask, Taken

_CALLERS: Final = 50_000


class MemoryCounter:
    """Counts what this worker alone sees, the least recently seen forgotten first."""

    name = "memory"

    def __init__(
        self,
        *,
        callers: int = _CALLERS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Remember so many callers; the clock is replaced in tests."""
        self._full_at: LRUCache[bytes, float] = LRUCache(maxsize=callers)
        self._monotonic = monotonic

    def __len__(self) -> int:
        """Return how many callers are remembered."""
        return len(self._full_at)

    async def take(self, asked: Sequence[Ask]) -> list[Taken]:
        """Take tokens; never waits."""
        now = self._monotonic()
        return [self._take(ask, now) for ask in asked]

    async def close(self) -> None:
        """Keep nothing open."""

    def _take(self, ask: Ask, now: float) -> Taken:
        missing = max(0.0, self._full_at.get(ask.key, now) - now)
        there = floor((WINDOW - missing) / ask.step + ROUNDING)
        granted = max(0, min(ask.wanted, there))
        missing += granted * ask.step
        self._full_at[ask.key] = now + missing
        return Taken(granted, missing)
