"""Creates and drops whole databases, for development, tests and restore drills."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.sql import quoted_name

_CONNECT_SECONDS: Final = 5


async def create_database(
    server: URL, name: str, *, template: str | None = None
) -> bool:
    """Create a database unless it is there.

    Args:
        server: Address of any database on the same server, with the right to create.
        name: The new database.
        template: The database to copy; nobody may be connected to it.

    Returns:
        Whether it was created.
    """
    async with _connected(server) as connection:
        there = await connection.scalar(
            text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}
        )
        if there:
            return False
        statement = f"CREATE DATABASE {_quoted(connection, name)}"
        if template is not None:
            statement += f" TEMPLATE {_quoted(connection, template)}"
        await connection.execute(text(statement))
        return True


async def drop_database(server: URL, name: str) -> None:
    """Drop a database if it is there, whoever is connected to it."""
    async with _connected(server) as connection:
        quoted = _quoted(connection, name)
        statement = f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)"
        await connection.execute(text(statement))


def _quoted(connection: AsyncConnection, name: str) -> str:
    """Quote a name, for no server takes names of databases as parameters."""
    preparer = connection.dialect.identifier_preparer
    return preparer.quote(quoted_name(name, quote=True)).replace(":", r"\:")


@asynccontextmanager
async def _connected(server: URL) -> AsyncGenerator[AsyncConnection]:
    """Connect once, outside a transaction: creating a database refuses one."""
    engine = create_async_engine(
        server,
        connect_args={"timeout": _CONNECT_SECONDS},
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
    )
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()
