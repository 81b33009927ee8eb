"""Works on whole databases: make, drop, swap, look inside."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    create_async_engine,
)
from sqlalchemy.pool import NullPool

from ..core.settings import Settings
from ..db.pool import connect_arguments
from .errors import BackupError

_SERVICE: Final = "backup"
_LONGEST_NAME: Final = 63
_IN_USE: Final = "55006"
_TEMPLATE: Final = "_template"
_LOCK: Final = int.from_bytes(b"backup")
_UNFINISHED: Final = re.compile(r"_(?P<purpose>drill|restore)_(?P<stamp>\d{8}_\d{6})$")
_DISCONNECT: Final = text(
    "SELECT pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity"
    " WHERE datname = :name AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend'"
)


def database_name(settings: Settings) -> str:
    """Return the name of the service's own database."""
    return settings.database_address.database or ""


def for_backups(settings: Settings) -> Settings:
    """Return the settings with the address of the role that reads everything."""
    url = settings.database_backup_url
    if url is None:
        return settings.for_migrations
    return settings.model_copy(update={"database_url": url})


@asynccontextmanager
async def connected(
    settings: Settings, *, database: str | None = None, autocommit: bool = False
) -> AsyncGenerator[AsyncConnection]:
    """Open one connection without the limits that are meant for requests.

    Args:
        settings: Where the server is.
        database: Another database than the service's own.
        autocommit: For statements that refuse to run in a transaction; else it sees
            one moment only (repeatable read).
    """
    url = settings.database_address
    arguments = connect_arguments(settings, service=_SERVICE)
    arguments["server_settings"] |= {
        "datestyle": "ISO, YMD",
        "extra_float_digits": "1",
        "idle_in_transaction_session_timeout": "0",
        "lock_timeout": "0",
        "search_path": "",
        "statement_timeout": str(round(settings.backup_timeout_seconds * 1000)),
    }
    engine = create_async_engine(
        url.set(database=database) if database else url,
        connect_args=arguments,
        hide_parameters=True,
        isolation_level="AUTOCOMMIT" if autocommit else "REPEATABLE READ",
        poolclass=NullPool,
    )
    try:
        async with _reached(engine) as connection:
            yield connection
    except SQLAlchemyError as error:
        reason = str(error).partition("\n")[0]
        message = f"The database server refused: {reason}"
        raise BackupError(message) from error
    finally:
        await engine.dispose()


@asynccontextmanager
async def _reached(engine: AsyncEngine) -> AsyncGenerator[AsyncConnection]:
    try:
        connection = await engine.connect()
    except (OSError, TimeoutError) as error:
        message = "The database server does not answer."
        raise BackupError(message, hint="Is DATABASE_URL right?") from error
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def maintenance(settings: Settings) -> AsyncGenerator[AsyncConnection]:
    """Connect beside the service's database, to make, drop and rename databases."""
    database = _neutral(settings)
    async with connected(settings, database=database, autocommit=True) as connection:
        yield connection


def _neutral(settings: Settings) -> str:
    """Name a database that is not the service's own, which could not be renamed."""
    if settings.maintenance_database == database_name(settings):
        return "template1"
    return settings.maintenance_database


async def lock_backups(connection: AsyncConnection) -> bool:
    """Take the lock that lets one backup run at a time; it ends with the connection."""
    answer = await connection.execute(
        text("SELECT pg_try_advisory_lock(:lock)"), {"lock": _LOCK}
    )
    return bool(answer.scalar_one())


def stamp(moment: datetime) -> str:
    """Return a moment as names of databases say it: `20260131_020000`."""
    return f"{moment:%Y%m%d_%H%M%S}"


def beside(database: str, purpose: str, stamp: str) -> str:
    """Name a database after another: `service_drill_20260131_020000`."""
    ending = f"_{purpose}_{stamp}"
    return database[: _LONGEST_NAME - len(ending)] + ending


async def exists(connection: AsyncConnection, database: str) -> bool:
    """Tell whether the server has a database of that name."""
    answer = await connection.execute(
        text("SELECT true FROM pg_catalog.pg_database WHERE datname = :name"),
        {"name": database},
    )
    return answer.scalar() is not None


def template_of(database: str) -> str:
    """Name the database that an administrator has prepared for restores, if any has."""
    return database[: _LONGEST_NAME - len(_TEMPLATE)] + _TEMPLATE


async def create(
    connection: AsyncConnection, database: str, *, template: str | None = None
) -> None:
    """Make an empty database: a copy of the prepared one, else of nothing.

    Args:
        connection: Beside it.
        database: The new one.
        template: The prepared one; `template0` when it is not there.
    """
    source = "template0"
    if template is not None and await exists(connection, template):
        source = await _quoted(connection, template)
    await _on_database(connection, f"CREATE DATABASE %I TEMPLATE {source}", database)


async def drop(connection: AsyncConnection, database: str) -> None:
    """Drop a database, also while somebody is connected; absent is fine."""
    try:
        # The server ends its own helpers here; by force only who may end any session.
        await _on_database(connection, "DROP DATABASE IF EXISTS %I", database)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _IN_USE:
            raise
        forced = "DROP DATABASE IF EXISTS %I WITH (FORCE)"
        await _on_database(connection, forced, database)


async def drop_database(settings: Settings, database: str) -> None:
    """Drop a database over a connection of its own."""
    async with maintenance(settings) as connection:
        await drop(connection, database)


async def unfinished(
    connection: AsyncConnection, database: str, *, before: str
) -> tuple[str, ...]:
    """Return what drills and restores of a database, begun before then, have left.

    Only what the connected role may drop: a drill's database belongs to the role for
    backups, a restore's to the owner.
    """
    answer = await connection.execute(
        text(
            "SELECT datname FROM pg_catalog.pg_database"
            " WHERE pg_has_role(datdba, 'MEMBER') ORDER BY datname"
        )
    )
    names: list[str] = []
    for name in answer.scalars():
        found = _UNFINISHED.search(name)
        if found and found["stamp"] < before:
            own = beside(database, found["purpose"], found["stamp"])
            names += [name] if name == own else []
    return tuple(names)


async def swap(settings: Settings, *, new: str, old: str, aside: str) -> None:
    """Give `new` the name `old`, whose database becomes `aside`; both or neither.

    Nobody may connect to `old` meanwhile; the service comes back by itself afterwards.

    Raises:
        BackupError: The server refused; both databases are as they were.
    """
    async with maintenance(settings) as connection:
        await _on_database(connection, "ALTER DATABASE %I ALLOW_CONNECTIONS false", old)
        try:
            await connection.execute(_DISCONNECT, {"name": old})
            await _rename(settings, [(old, aside), (new, old)])
        except (BackupError, SQLAlchemyError) as error:
            await _allow(connection, old)
            message = f"{new} could not take the place of {old}: {error}"
            raise BackupError(message) from error
        await _allow(connection, aside)


async def _rename(settings: Settings, names: list[tuple[str, str]]) -> None:
    async with connected(settings, database=_neutral(settings)) as connection:
        for old, new in names:
            quoted = await _quoted(connection, new)
            await _on_database(connection, f"ALTER DATABASE %I RENAME TO {quoted}", old)
        await connection.commit()


async def _allow(connection: AsyncConnection, name: str) -> None:
    await _on_database(connection, "ALTER DATABASE %I ALLOW_CONNECTIONS true", name)


async def _on_database(connection: AsyncConnection, form: str, name: str) -> None:
    quoted = await _quoted(connection, name)
    await connection.exec_driver_sql(form.replace("%I", quoted))


async def _quoted(connection: AsyncConnection, name: str) -> str:
    """Let the server quote a name: it can be any text."""
    answer = await connection.execute(text("SELECT quote_ident(:name)"), {"name": name})
    return str(answer.scalar_one())
