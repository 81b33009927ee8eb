"""Identifiers: UUIDv7, which sort by the time they were made."""

import secrets
import threading
import time
from typing import Final
from uuid import UUID

_COUNTER_BITS: Final = 12
_RANDOM_BITS: Final = 62
_VERSION: Final = 7
_VARIANT: Final = 0b10


class _Sequence:
    """Hands out (millisecond, counter) pairs that only ever grow within a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self) -> int:
        """Return 48 bits of Unix milliseconds followed by a 12-bit fraction."""
        fraction_ns = 1_000_000
        milliseconds, rest = divmod(time.time_ns(), fraction_ns)
        now = milliseconds << _COUNTER_BITS | (rest << _COUNTER_BITS) // fraction_ns
        with self._lock:
            self._last = max(now, self._last + 1)
            return self._last


_sequence = _Sequence()


def new_id() -> UUID:
    """Make a UUIDv7 (RFC 9562 §5.7).

    Within a process each id is greater than the one before, so that rows made in the
    same millisecond keep their order.

    Returns:
        The identifier, of version 7.
    """
    stamp = _sequence.next()
    milliseconds, counter = divmod(stamp, 1 << _COUNTER_BITS)
    value = milliseconds << 80
    value |= _VERSION << 76
    value |= counter << 64
    value |= _VARIANT << 62
    value |= secrets.randbits(_RANDOM_BITS)
    return UUID(int=value)
