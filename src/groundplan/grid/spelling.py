"""Finds the name that somebody probably meant."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(word: str, names: Iterable[str]) -> str:
    """The hint for a misspelt name: the nearest one, or all there are."""
    known = list(names)
    close = get_close_matches(word.lower(), known, n=1, cutoff=0.5)
    if close:
        return f"did you mean {close[0]!r}? There are: {', '.join(known)}"
    return f"there are: {', '.join(known)}"
