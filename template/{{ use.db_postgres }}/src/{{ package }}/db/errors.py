"""Says in the domain's words what the database refused."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError

from ..core.errors import AppError, ConflictError, InvalidInputError, UnavailableError
from ..core.logging import get_logger

_DOWN: Final = "The database does not answer."
_AGAIN: Final = "Read it again, then repeat the change."

# SQLSTATE, or its class of two characters -> what that means to a caller.
_MEANINGS: Final[dict[str, tuple[type[AppError], str]]] = {
    "22": (InvalidInputError, "A value cannot be stored."),
    "23503": (ConflictError, "It belongs to something that is gone or still in use."),
    "23505": (ConflictError, "It exists already."),
    "23514": (InvalidInputError, "A value breaks a rule of its column."),
    "40": (ConflictError, "Somebody else changed it at the same time."),
    "53": (UnavailableError, "The database has no room for more work now."),
    "55P03": (ConflictError, "Somebody else is changing it now."),
    "57014": (UnavailableError, "The database took longer than allowed."),
    "57": (UnavailableError, _DOWN),
    "08": (UnavailableError, _DOWN),
}

_log = get_logger(__name__)


@contextmanager
def translated() -> Generator[None]:
    """Turn refusals of the enclosed statements into errors of the domain.

    What has no meaning to a caller, such as a wrong statement, stays as it is: that is
    our mistake.

    Raises:
        ConflictError: The state has changed meanwhile, or the row exists.
        InvalidInputError: A value cannot be stored.
        UnavailableError: The server or the pool does not answer in time.
    """
    try:
        yield
    except StaleDataError as error:
        message = "Somebody else has changed it meanwhile."
        raise ConflictError(message, hint=_AGAIN) from error
    except PoolTimeoutError as error:
        message = "All database connections are busy."
        raise UnavailableError(message) from error
    except DBAPIError as error:
        known = _meaning(error)
        if known is None:
            raise
        _log.warning("database refused", sqlstate=_sqlstate(error), code=known.code)
        raise known from error


@contextmanager
def connecting() -> Generator[None]:
    """Turn whatever prevents a connection into one error.

    Raises:
        UnavailableError: The server does not answer, or does not let us in.
    """
    try:
        with translated():
            yield
    except (DBAPIError, OSError) as error:
        raise UnavailableError(_DOWN) from error


def _sqlstate(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None) or "")


def _meaning(error: DBAPIError) -> AppError | None:
    if error.connection_invalidated or isinstance(error, InterfaceError):
        return UnavailableError(_DOWN)
    state = _sqlstate(error)
    found = _MEANINGS.get(state) or _MEANINGS.get(state[:2])
    return found[0](found[1]) if found else None
