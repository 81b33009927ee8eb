"""The connection pool: tested before use, limited in every direction."""

import time
from typing import Any, Final, cast

import asyncpg  # type: ignore[import-untyped] # pyright: ignore[reportMissingTypeStubs] - has no types
from sqlalchemy import event
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.engine.interfaces import (
    AdaptedConnection,
    DBAPIConnection,
    ExceptionContext,
)
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from ..core.errors import UnavailableError
from .config import DatabaseSettings

_MILLISECONDS: Final = 1000
_PING: Final = ";"
_SILENT: Final = "The database does not answer."
_TESTED: Final = "tested_at"
_TRUSTED_SECONDS: Final = 1.0


def make_engine(
    settings: DatabaseSettings, *, service: str, answer_seconds: float | None = None
) -> AsyncEngine:
    """Make the pool; it connects at first use.

    Args:
        settings: Address, limits, timeouts.
        service: Shown as `application_name` in `pg_stat_activity`.
        answer_seconds: Longest wait for any answer, where the server cannot keep its
            own limits because it is frozen or cut off; none for migrations.
    """
    arguments = connect_arguments(settings, service=service)
    engine = create_async_engine(
        settings.database_address,
        connect_args=arguments | {"command_timeout": answer_seconds},
        hide_parameters=True,
        max_overflow=settings.database_max_overflow,
        pool_recycle=settings.database_pool_recycle_seconds,
        pool_size=settings.database_pool_size,
        pool_timeout=settings.database_pool_timeout_seconds,
    )
    _test_before_use(engine, settings.database_connect_timeout_seconds)
    event.listen(engine.sync_engine, "handle_error", _give_up)
    return engine


def _give_up(context: ExceptionContext) -> None:
    """Drop a connection whose answer did not come: it would come to somebody else."""
    if isinstance(context.original_exception, TimeoutError):
        context.is_disconnect = True
        raise UnavailableError(_SILENT) from context.original_exception


def connect_arguments(settings: DatabaseSettings, *, service: str) -> dict[str, Any]:
    """Give asyncpg its timeouts and session limits."""
    limits = {
        "statement_timeout": settings.database_statement_timeout_seconds,
        "lock_timeout": settings.database_lock_timeout_seconds,
        "idle_in_transaction_session_timeout": (
            settings.database_idle_transaction_timeout_seconds
        ),
    }
    return {
        "ssl": settings.database_ssl_mode,
        "timeout": settings.database_connect_timeout_seconds,
        "server_settings": {
            "application_name": service,
            "jit": "off",
            "timezone": "UTC",
        }
        | {name: str(round(value * _MILLISECONDS)) for name, value in limits.items()},
    }


def connect_parameters(settings: DatabaseSettings) -> dict[str, Any]:
    """Give asyncpg the address, for a connection outside the pool."""
    dialect = PGDialect_asyncpg()  # type: ignore[no-untyped-call] # has no types
    address = settings.database_address
    parameters: dict[str, Any] = dialect.create_connect_args(address)[1]  # type: ignore[no-untyped-call]
    return parameters


def _test_before_use(engine: AsyncEngine, seconds: float) -> None:
    """Replace connections that the server has closed before anybody uses them.

    `pool_pre_ping=True` does the same at three round trips for every use, more than a
    short query takes. Here a connection is asked at most once a second; in between the
    driver knows whether the server has closed it.
    """

    def check(
        connection: DBAPIConnection,
        record: ConnectionPoolEntry,
        _: PoolProxiedConnection,
    ) -> None:
        driver = record.driver_connection
        if driver is None or driver.is_closed():
            raise InvalidatePoolError
        now = time.monotonic()
        tested_at = record.info.setdefault(_TESTED, now)
        if now - tested_at < _TRUSTED_SECONDS:
            return
        try:
            _ask(connection, seconds)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            raise InvalidatePoolError from error
        record.info[_TESTED] = now

    event.listen(engine.sync_engine, "checkout", check)


def _ask(connection: DBAPIConnection, seconds: float) -> None:
    """Wait for any answer; the dialect's own question has no limit of its own."""
    adapted = cast("AdaptedConnection", connection)
    adapted.run_async(lambda driver: driver.fetchrow(_PING, timeout=seconds))
