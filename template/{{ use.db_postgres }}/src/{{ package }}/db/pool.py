"""The connection pool: tested before use, limited in every direction."""

import time
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from .config import DatabaseSettings

_MILLISECONDS: Final = 1000
_TESTED: Final = "tested_at"
_TRUSTED_SECONDS: Final = 1.0


def make_engine(settings: DatabaseSettings, *, service: str) -> AsyncEngine:
    """Make the pool; it connects at first use.

    Args:
        settings: Address, limits, timeouts.
        service: Shown as `application_name` in `pg_stat_activity`.
    """
    engine = create_async_engine(
        settings.database_address,
        connect_args=connect_arguments(settings, service=service),
        hide_parameters=True,
        max_overflow=settings.database_max_overflow,
        pool_recycle=settings.database_pool_recycle_seconds,
        pool_size=settings.database_pool_size,
        pool_timeout=settings.database_pool_timeout_seconds,
    )
    _test_before_use(engine)
    return engine


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
    _, parameters = PGDialect_asyncpg().create_connect_args(settings.database_address)
    return parameters


def _test_before_use(engine: AsyncEngine) -> None:
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
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error
        record.info[_TESTED] = now

    event.listen(engine.sync_engine, "checkout", check)
