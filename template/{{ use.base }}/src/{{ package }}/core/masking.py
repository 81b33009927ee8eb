"""Keeps secrets (P0) and personal data (P1) out of logs and error reports.

Two nets: a value under a telling key is dropped whole; in every other text, what looks
like a credential or an address is replaced in place. Both would rather hide too much.
"""

import re
from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Final, cast

MASK: Final = "***"
_DEEPEST: Final = 8
_LONGEST: Final = 20_000
_EDGE: Final = 1_000
_LONGEST_KEY: Final = 200

_SECRET_WORDS: Final = frozenset(
    {
        "apikey",
        "auth",
        "authorization",
        "cookie",
        "cookies",
        "credential",
        "credentials",
        "cvv",
        "dsn",
        "email",
        "iban",
        "jwt",
        "mail",
        "otp",
        "passphrase",
        "passwd",
        "password",
        "phone",
        "pwd",
        "secret",
        "secrets",
        "ssn",
        "tckn",
        "token",
    }
)
_SECRET_PHRASES: Final = re.compile(
    r"(?:api|private|signing|encryption|access|secret)_keys?(?:_|$)"
    r"|database_url|redis_url|broker_url|session_id|card_number|birth_date"
)
_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")

# Callers choose these texts, so each pattern reads them once: no run is given back, and
# none is begun again in its own middle.
_PATTERNS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (
        re.compile(
            r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----"
            r"(?:[^-]++|-(?!----END [A-Z ]{0,30}PRIVATE KEY-----))*+"
            r"(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?"
        ),
        MASK,
    ),
    (
        re.compile(r"(?i)\b([a-z][a-z0-9+.-]{0,30}://)[^\s/@:]*+:[^\s/@]*+@"),
        rf"\1{MASK}@",
    ),
    (re.compile(r"(?i)\b(bearer|basic|digest)\s++[\w.~+/=-]{6,}"), rf"\1 {MASK}"),
    (
        re.compile(
            r"(?<![\w-])((?>[\w-]*?\b(?=eyJ)))eyJ[\w-]{5,}+\.[\w-]{2,}+(?:\.[\w-]*+)?"
        ),
        rf"\1{MASK}",
    ),
    (
        re.compile(
            r"(?i)(?<![^\W_])"
            r"((?:password|passwd|pwd|secret|token|authorization"
            r"|(?:api|access|encryption|signing)[_-]?keys?)"
            r"[\"']?\s*+[=:]\s*+[\"']?)(?!bearer|basic|digest)[^\s\"',;&)}\]]++"
        ),
        rf"\1{MASK}",
    ),
    (re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"), MASK),
    (re.compile(r"\b(?:sk|pk|rk|ghp|gho|ghs|glpat|xox[abprs])[-_][\w-]{16,}"), MASK),
    (re.compile(r"(?<![\w.%+-])[\w.%+-]++@[\w-]++(?:\.[\w-]++)++"), MASK),
)


type Net = Callable[[str], str]

_further_keys: list[frozenset[str]] = []
_further_nets: list[Net] = []


@contextmanager
def also_masked(keys: Collection[str], net: Net) -> Generator[None]:
    """Mask more while the enclosed code runs, in the whole process.

    Args:
        keys: Names, as `snake_case`, whose values are dropped whole.
        net: Replaces in any text what the caller knows to be secret or personal.
    """
    known = frozenset(keys)
    _further_keys.append(known)
    _further_nets.append(net)
    is_sensitive.cache_clear()
    try:
        yield
    finally:
        _further_keys.remove(known)
        _further_nets.remove(net)
        is_sensitive.cache_clear()


@lru_cache(maxsize=1024)
def is_sensitive(key: str) -> bool:
    """Tell whether a value under this key is a secret or personal by its name.

    Names are compared word by word, so that `passwordHash` and `X-Api-Key` are caught
    and `tokenizer` is not.
    """
    words = [word.lower() for word in _WORDS.split(key) if word]
    name = "_".join(words)
    return (
        not _SECRET_WORDS.isdisjoint(words)
        or bool(_SECRET_PHRASES.search(name))
        or any(name in keys for keys in _further_keys)
    )


# Each pattern above needs one of these, and most texts have none: one search instead of
# eight substitutions for every value of every line.
_SUSPICIOUS: Final = re.compile(
    r"(?i)[@:=]|bearer|basic|digest|eyJ|-----|AKIA|ASIA"
    r"|\b(?:sk|pk|rk|ghp|gho|ghs|glpat|xox[abprs])[-_]"
)


def mask_text(text: str) -> str:
    """Replace what looks like a credential or an e-mail address in a text.

    Args:
        text: Any text; beyond 21,000 characters it is cut, to bound the time.
    """
    if len(text) <= _LONGEST + _EDGE:
        return _masked(text)
    # What the cut halves no net would know, so the end goes after it was masked.
    return f"{_masked(text[: _LONGEST + _EDGE])[:-_EDGE]}…"


def _masked(text: str) -> str:
    for net in _further_nets:
        text = net(text)
    if not _SUSPICIOUS.search(text):
        return text
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def mask(value: object, *, text: Callable[[str], str] = mask_text) -> object:
    """Return a copy of `value` that may be logged.

    Args:
        value: Anything; mappings and sequences are walked, other objects become text
            unless JSON knows them.
        text: What is done to each string.

    Returns:
        The same shape with secrets and personal data replaced.
    """
    return _mask(value, text, 0)


def _mask(value: object, text: Callable[[str], str], depth: int) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return text(value)
    if depth >= _DEEPEST:
        return MASK
    if isinstance(value, Mapping):
        pairs = cast("Mapping[object, object]", value)
        return {
            text(str(key)): MASK
            if _is_hidden(str(key))
            else _mask(item, text, depth + 1)
            for key, item in pairs.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        items = cast("Collection[object]", value)
        return [_mask(item, text, depth + 1) for item in items]
    return text(_described(value))


def _is_hidden(key: str) -> bool:
    return len(key) > _LONGEST_KEY or is_sensitive(key)


def _described(value: object) -> str:
    try:
        return str(value)
    except Exception as error:  # noqa: BLE001 - a log line outlives any object in it
        return f"<{type(value).__name__}: {type(error).__name__}>"
