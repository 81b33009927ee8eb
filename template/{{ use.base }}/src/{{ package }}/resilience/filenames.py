"""File names that every common file system accepts."""

import hashlib
import re
import unicodedata
from typing import Final

FALLBACK_NAME: Final = "unnamed"

_UNSAFE = re.compile(r'[<>:"/\\|?*]')
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])", re.IGNORECASE
)
_HASH_LENGTH = 16
_LONGEST_SUFFIX_BYTES = 16
_SHORTEST_LIMIT = 64


def sanitize_filename(name: str, max_length: int = 200) -> str:
    """Turn any text into one file name that is safe on Linux, macOS and Windows.

    Unsafe characters become `_`; control and invisible characters, outer
    blanks and trailing dots go; a device name of Windows (`NUL.txt`) gets a leading
    `_`. A name that is too long keeps its start and extension and gets a hash of the
    original, so that two long names stay different.

    Args:
        name: The wanted name, without folders.
        max_length: Upper limit in UTF-8 bytes, since file systems count bytes.

    Returns:
        A name that is never empty, `.` or `..`.

    Raises:
        ValueError: If `max_length` is under 64 bytes.
    """
    if max_length < _SHORTEST_LIMIT:
        message = f"max_length must be at least {_SHORTEST_LIMIT} bytes"
        raise ValueError(message)
    safe = _harmless(_clean(name)) or FALLBACK_NAME
    if len(safe.encode()) <= max_length:
        return safe
    digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()
    return _shorten(safe, digest[:_HASH_LENGTH], max_length)


def _clean(name: str) -> str:
    seen = unicodedata.normalize("NFC", name)
    unseen = [c for c in set(seen) if unicodedata.category(c) in _UNSEEN_CATEGORIES]
    seen = seen.translate(dict.fromkeys(map(ord, unseen)))
    return unicodedata.normalize("NFC", _UNSAFE.sub("_", seen)).strip().rstrip(". ")


def _harmless(name: str) -> str:
    stem = name.partition(".")[0].rstrip()
    return f"_{name}" if _RESERVED.fullmatch(stem) else name


def _shorten(name: str, digest: str, max_length: int) -> str:
    stem, dot, suffix = name.rpartition(".")
    if not stem or len(suffix.encode()) > _LONGEST_SUFFIX_BYTES:
        stem, dot, suffix = name, "", ""
    tail = f"_{digest}{dot}{suffix}"
    room = max_length - len(tail.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + tail
