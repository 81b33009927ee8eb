"""The seven kinds of failure, decided from types and codes, never words."""

import errno
import math
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import cast

import httpx
import pydantic

from ..core import errors
from .errors import (
    CircuitOpenError,
    InsufficientDiskSpaceError,
    OfflineError,
    TimeLimitError,
)


class ErrorCategory(StrEnum):
    """What a failure means for the work that met it."""

    NETWORK = "network"  # unreachable or too slow: try again, ever later
    CRITICAL = "critical"  # the machine is not fit to work: stop the run
    BLOCKED = "blocked"  # refused: stay away for a while
    RATE_LIMIT = "rate_limit"  # too fast: wait as long as told
    TRANSIENT = "transient"  # briefly unable: try again at once
    PERMANENT = "permanent"  # it will never work: do not try again
    UNKNOWN = "unknown"  # anything else: try again, within the limits


type Rule = ErrorCategory | Callable[[BaseException], ErrorCategory | None]

# A group of errors is as bad as its worst member.
_WORST_FIRST = (
    ErrorCategory.CRITICAL,
    ErrorCategory.RATE_LIMIT,
    ErrorCategory.BLOCKED,
    ErrorCategory.NETWORK,
    ErrorCategory.TRANSIENT,
    ErrorCategory.UNKNOWN,
    ErrorCategory.PERMANENT,
)
_LONGEST_CHAIN = 8

_BY_STATUS = {
    403: ErrorCategory.BLOCKED,
    408: ErrorCategory.NETWORK,
    425: ErrorCategory.TRANSIENT,
    429: ErrorCategory.RATE_LIMIT,
    502: ErrorCategory.TRANSIENT,
    503: ErrorCategory.TRANSIENT,
    504: ErrorCategory.NETWORK,
}
_BY_ERRNO = {
    **dict.fromkeys(
        (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO),
        ErrorCategory.CRITICAL,
    ),
    **dict.fromkeys(
        (
            errno.ECONNREFUSED,
            errno.EHOSTDOWN,
            errno.EHOSTUNREACH,
            errno.ENETDOWN,
            errno.ENETUNREACH,
            errno.ETIMEDOUT,
        ),
        ErrorCategory.NETWORK,
    ),
    **dict.fromkeys(
        (errno.EAGAIN, errno.EBUSY, errno.EINTR, errno.EMFILE, errno.ENFILE),
        ErrorCategory.TRANSIENT,
    ),
    **dict.fromkeys(
        (errno.ENOENT, errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ENAMETOOLONG),
        ErrorCategory.PERMANENT,
    ),
}


def categorize(error: BaseException) -> ErrorCategory:
    """Decide what a failure means.

    Goes by the type of the exception and its status or error number. An
    exception of a type without a rule is judged by the one that caused it.
    """
    if isinstance(error, BaseExceptionGroup):
        group = cast("BaseExceptionGroup[BaseException]", error)
        members = {categorize(member) for member in group.exceptions}
        return next(category for category in _WORST_FIRST if category in members)
    current: BaseException | None = error
    for _ in range(_LONGEST_CHAIN):
        if current is None:
            break
        if category := _by_rule(current):
            return category
        current = current.__cause__
    return ErrorCategory.UNKNOWN


def register_category(kind: type[BaseException], rule: Rule) -> None:
    """Say what exceptions of a type mean, for libraries that this module does not know.

    Args:
        kind: The type; the rule of the nearest base class wins.
        rule: A category, or a function that returns one, or None to look further.
    """
    _RULES[kind] = rule


def category_of_status(status: int) -> ErrorCategory:
    """Decide what the HTTP status of another server means."""
    if 400 <= status < 500:  # noqa: PLR2004 - the two classes of HTTP errors
        return _BY_STATUS.get(status, ErrorCategory.PERMANENT)
    return _BY_STATUS.get(status, ErrorCategory.UNKNOWN)


def retry_after_seconds(error: BaseException) -> float | None:
    """Return how many seconds the other side asks to wait, if it does.

    Read from the `Retry-After` header, as seconds or as a date, or from the
    `retry_after` of our own errors.
    """
    if isinstance(error, httpx.HTTPStatusError):
        return _header_seconds(error.response.headers.get("Retry-After", ""))
    asked = getattr(error, "retry_after", None)
    if isinstance(asked, int | float):
        return float(asked)
    return None if error.__cause__ is None else retry_after_seconds(error.__cause__)


def _header_seconds(header: str) -> float | None:
    try:
        seconds = float(header)
    except ValueError:
        try:
            moment = parsedate_to_datetime(header)
        except ValueError:
            return None
        if moment.tzinfo is None:  # "-0000" means UTC, of unknown place
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - datetime.now(UTC)).total_seconds()
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _by_rule(error: BaseException) -> ErrorCategory | None:
    for kind in type(error).__mro__:
        rule = _RULES.get(kind)
        category = rule(error) if callable(rule) else rule
        if category is not None:
            return category
    return None


def _of_response(error: BaseException) -> ErrorCategory | None:
    if isinstance(error, httpx.HTTPStatusError):
        return category_of_status(error.response.status_code)
    return None


def _of_errno(error: BaseException) -> ErrorCategory | None:
    number = error.errno if isinstance(error, OSError) else None
    return None if number is None else _BY_ERRNO.get(number)


_RULES: dict[type[BaseException], Rule] = {
    OSError: _of_errno,
    # These carry numbers of their own, so their types come first.
    ConnectionError: ErrorCategory.NETWORK,
    TimeoutError: ErrorCategory.NETWORK,
    socket.gaierror: ErrorCategory.NETWORK,
    ssl.SSLError: ErrorCategory.NETWORK,
    ssl.SSLCertVerificationError: ErrorCategory.PERMANENT,
    PermissionError: ErrorCategory.CRITICAL,
    MemoryError: ErrorCategory.CRITICAL,
    httpx.HTTPStatusError: _of_response,
    httpx.TransportError: ErrorCategory.NETWORK,
    httpx.UnsupportedProtocol: ErrorCategory.PERMANENT,
    httpx.DecodingError: ErrorCategory.PERMANENT,
    httpx.TooManyRedirects: ErrorCategory.PERMANENT,
    httpx.InvalidURL: ErrorCategory.PERMANENT,
    pydantic.ValidationError: ErrorCategory.PERMANENT,
    errors.NotFoundError: ErrorCategory.PERMANENT,
    errors.InvalidInputError: ErrorCategory.PERMANENT,
    errors.AuthenticationError: ErrorCategory.PERMANENT,
    errors.AuthorizationError: ErrorCategory.PERMANENT,
    errors.ConflictError: ErrorCategory.PERMANENT,
    errors.RateLimitedError: ErrorCategory.RATE_LIMIT,
    errors.UnavailableError: ErrorCategory.TRANSIENT,
    CircuitOpenError: ErrorCategory.NETWORK,
    OfflineError: ErrorCategory.NETWORK,
    InsufficientDiskSpaceError: ErrorCategory.CRITICAL,
    TimeLimitError: ErrorCategory.UNKNOWN,
}
