"""The token bucket that every place of counting keeps, and what is said of it.

A bucket holds the requests of a minute and is filled evenly. One number describes it:
when it will be full again. Bursts are fine, the average is limited.
"""

from collections.abc import Sequence
from math import floor
from typing import Final, NamedTuple, Protocol

WINDOW: Final = 60.0
# Less than any token, more than what fractions of seconds lose on their way.
ROUNDING: Final = 1e-4


class Ask(NamedTuple):
    """Tokens that one worker wants for a caller.

    Attributes:
        key: The caller's digest: addresses and ids are nobody else's business.
        wanted: How many, at most a full bucket.
        per_minute: Size of the bucket.
    """

    key: bytes
    wanted: int
    per_minute: int

    @property
    def step(self) -> float:
        """Seconds in which one token flows."""
        return WINDOW / self.per_minute


class Taken(NamedTuple):
    """What a bucket gave.

    Attributes:
        granted: Tokens, from none to all that were wanted.
        full_in: Seconds until it is full again.
    """

    granted: int
    full_in: float

    def left(self, step: float) -> int:
        """Count the whole tokens that are still in it."""
        return max(0, floor((WINDOW - self.full_in) / step + ROUNDING))

    def wait(self, step: float) -> float:
        """Return the seconds until it has one."""
        return max(0.0, self.full_in + step - WINDOW)


class Counter(Protocol):
    """A place where buckets are kept; each is asked for many at once."""

    name: str

    async def take(self, asked: Sequence[Ask]) -> list[Taken]:
        """Take tokens, each key at most once, and answer in the same order.

        Raises:
            UnavailableError: It does not answer.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
