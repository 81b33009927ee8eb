"""Keyset pages: a cursor names the row to go on from.

Unlike an offset, it costs the same on page one and page one thousand, and rows that
come or go meanwhile neither repeat nor hide others.
"""

import base64
import binascii
import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Self, cast

from .errors import InvalidInputError

_LONGEST: Final = 512
_CHECKSUM_BYTES: Final = 4

type Direction = Literal["next", "previous"]


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place between two rows, and which way to read from it.

    Attributes:
        key: Sort key of the row at the edge, as text.
        direction: `next` reads away from the first page, `previous` back to it.
    """

    key: tuple[str, ...]
    direction: Direction = "next"

    def encode(self) -> str:
        """Return the opaque text that clients send back."""
        payload = json.dumps(
            [self.direction, *self.key], ensure_ascii=False, separators=(",", ":")
        ).encode()
        checksum = zlib.crc32(payload).to_bytes(_CHECKSUM_BYTES)
        return base64.urlsafe_b64encode(checksum + payload).rstrip(b"=").decode()

    @classmethod
    def decode(cls, text: str, *, parts: int = 1) -> Self:
        """Read a cursor that a client sent.

        Args:
            text: What `encode` returned once.
            parts: How many values the sort key has.

        Raises:
            InvalidInputError: It was not made by `encode`, or for another list.
        """
        values = _values(text)
        direction, key = values[0], values[1:]
        if len(key) != parts:
            raise _unusable()
        return cls(tuple(key), cast("Direction", direction))


@dataclass(frozen=True, slots=True)
class Page[Row]:
    """One page of a list.

    Attributes:
        items: The rows, in the order of the list.
        next_cursor: Where the next page begins; nothing on the last page.
        previous_cursor: Where the page before ends; nothing on the first page.
    """

    items: Sequence[Row]
    next_cursor: str | None = None
    previous_cursor: str | None = None


def page_of[Row](
    rows: Sequence[Row],
    *,
    limit: int,
    cursor: Cursor | None,
    key: Callable[[Row], tuple[str, ...]],
) -> Page[Row]:
    """Make a page from the rows that a keyset query returned.

    Args:
        rows: Up to `limit` + 1 rows, in the direction in which they were read: the one
            more tells whether the list goes on.
        limit: Rows on a page.
        cursor: Where the query began; nothing for the first page.
        key: Gives the sort key of a row.
    """
    more = len(rows) > limit
    backwards = cursor is not None and cursor.direction == "previous"
    items = list(rows[:limit])
    if backwards:
        items.reverse()
    has_next = backwards or more
    has_previous = more if backwards else cursor is not None
    if not items:
        return Page(items)
    return Page(
        items,
        Cursor(key(items[-1]), "next").encode() if has_next else None,
        Cursor(key(items[0]), "previous").encode() if has_previous else None,
    )


def _values(text: str) -> list[str]:
    """Undo `encode` and check every step: the text comes from outside."""
    if len(text) > _LONGEST:
        raise _unusable()
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
        checksum, payload = raw[:_CHECKSUM_BYTES], raw[_CHECKSUM_BYTES:]
        values: Any = json.loads(payload)
    except (binascii.Error, ValueError, RecursionError):
        raise _unusable() from None
    known = (
        zlib.crc32(payload).to_bytes(_CHECKSUM_BYTES) == checksum
        and isinstance(values, list)
        and all(isinstance(value, str) for value in cast("list[object]", values))
        and values[:1] in (["next"], ["previous"])
    )
    if not known:
        raise _unusable()
    return cast("list[str]", values)


def _unusable() -> InvalidInputError:
    return InvalidInputError(
        "The cursor is not one of this list.",
        hint="Take it unchanged from an answer, or leave it out to begin anew.",
    )
