"""The database that restores begin with: it has what only an administrator adds.

PostgreSQL lets no other role make the extension `vector`. So it waits in an empty
database that every role with CREATEDB may copy.
"""

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Final

from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ..db.config import DatabaseSettings
from ..db.pool import make_engine
from .databases import template_of

_THERE: Final = text("SELECT 1 FROM pg_catalog.pg_database WHERE datname = :name")
_EXTENSION: Final = "CREATE EXTENSION IF NOT EXISTS vector"


async def provide_template(settings: DatabaseSettings) -> None:
    """Make it unless it is there.

    Args:
        settings: With the address of an administrator.
    """
    name = template_of(settings.database_address.database or "")
    async with _autocommit(settings) as connection:
        if await connection.scalar(_THERE, {"name": name}):
            return
        await connection.exec_driver_sql(_create(name))
    url = settings.database_address.set(database=name)
    there = SecretStr(url.render_as_string(hide_password=False))
    copy = settings.model_copy(update={"database_url": there})
    async with _autocommit(copy) as connection:
        await connection.exec_driver_sql(_EXTENSION)


def template_script(database: str) -> Iterator[str]:
    """Return the statements that do the same in `psql`."""
    name = template_of(database)
    create, named = (_literal(one) for one in (_create(name), name))
    there = f"SELECT FROM pg_database WHERE datname = {named}"  # nosec B608 - quoted
    yield f"SELECT {create} WHERE NOT EXISTS ({there})\\gexec"
    yield f'\\connect "{name}"'
    yield _EXTENSION


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _create(name: str) -> str:
    quoted = name.replace('"', '""')
    return f'CREATE DATABASE "{quoted}" TEMPLATE template0 IS_TEMPLATE true'


@asynccontextmanager
async def _autocommit(settings: DatabaseSettings) -> AsyncGenerator[AsyncConnection]:
    """Connect outside a transaction: making a database refuses one."""
    engine = make_engine(settings, service="roles")
    try:
        async with engine.execution_options(
            isolation_level="AUTOCOMMIT"
        ).connect() as connection:
            yield connection
    finally:
        await engine.dispose()
