"""Texts made to cost time, and the time that they cost."""

import time
from collections.abc import Callable
from typing import Final

SIZE: Final = 100_000
# Long enough for a slow machine; anything but linear time takes seconds.
MOST_SECONDS: Final = 0.05
_TRIES: Final = 5


def _grown(part: str, end: str = "") -> str:
    return (part * (SIZE // len(part) + 1))[: SIZE - len(end)] + end


# pragma: allowlist nextline secret
_CREDENTIALS = ("sk-", "-password", "-eyJaaaaa", "password=    ", "bearer ", "token:")
_PARTS: Final = (
    *_CREDENTIALS,
    "-----BEGIN " + "PRIVATE KEY-----",
    "-----BEGIN ",
    "a-",
    "a_",
    "a.",
    "a@",
    "@a.",
    "a://a:",
    "a",
    "1",
    "A",
    " ",
    "\n",
    "é",
    "%41",
    "\\",
    "'",
    '-"',
    "[",
    '{"a":',
    "10.0.0.1,",
    'W/"1",',
)

HOSTILE: Final = tuple(_grown(part, end) for part in _PARTS for end in ("", "=", "!"))


def cpu_seconds(call: Callable[[], object]) -> float:
    """Return the least processor time of a few tries, however busy the machine is.

    Args:
        call: What is measured.
    """
    best = float("inf")
    for _ in range(_TRIES):
        began = time.process_time()
        call()
        best = min(best, time.process_time() - began)
        if best < MOST_SECONDS:
            break
    return best
