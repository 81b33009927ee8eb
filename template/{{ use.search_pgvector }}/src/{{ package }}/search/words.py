"""What a search asks for and what it rules out, in the syntax of web searches."""

import re
from typing import Final

_PARTS: Final = re.compile(r'(?<!-)-*+"[^"]*+"?|\S+')


def meant(words: str) -> str:
    """Return the query without its exclusions, for the embedding.

    An excluded word would draw its texts near. If nothing else is there, it all stays.

    Args:
        words: What the user typed.
    """
    asked = [part for part in _PARTS.findall(words) if not _excludes(part)]
    return " ".join(asked) or words


def excluded(words: str) -> str | None:
    """Return a query that finds what the exclusions name; nothing without any.

    Args:
        words: What the user typed.
    """
    parts = [part for part in _PARTS.findall(words) if _excludes(part)]
    bare = [part.lstrip("-").strip('"') for part in parts]
    return " OR ".join(f'"{part}"' for part in bare if part) or None


def _excludes(part: str) -> bool:
    return part.startswith("-") and part.strip('-"') != ""
