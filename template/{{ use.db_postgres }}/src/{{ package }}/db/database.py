"""The engine and its pool: one for each process (S2 §17.1, §17.4)."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    async_sessionmaker,
    create_async_engine,
)

from ..core.errors import UnavailableError
from .config import DatabaseSettings
from .unit_of_work import UnitOfWork

_MILLISECONDS: Final = 1000


class Database:
    """The connection pool and the way to work in it (S2 §17.4).

    Attributes:
        engine: The pool, for what must not run in a unit of work.
    """

    def __init__(self, engine: AsyncEngine, *, report_timeout_seconds: float) -> None:
        """Take over an engine; `open_database` makes one."""
        self.engine = engine
        self._report_timeout_ms = round(report_timeout_seconds * _MILLISECONDS)
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)

    @asynccontextmanager
    async def unit_of_work(self, *, report: bool = False) -> AsyncGenerator[UnitOfWork]:
        """Run the enclosed code as one transaction (S0 §3.2, S2 §27.6).

        Args:
            report: Whether it may take as long as a report instead of a query.

        Yields:
            The unit of work; it is committed unless an exception leaves the block.

        Raises:
            ConflictError: Somebody else changed the same rows meanwhile.
            UnavailableError: The server does not answer.
        """
        async with UnitOfWork.begin(self._sessions) as uow:
            if report:
                await uow.session.execute(
                    text("SELECT set_config('statement_timeout', :ms, true)"),
                    {"ms": str(self._report_timeout_ms)},
                )
            yield uow

    async def ping(self) -> None:
        """Check that the server answers (S2 §13.5).

        Raises:
            UnavailableError: It does not.
        """
        try:
            async with self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            message = "The database does not answer."
            raise UnavailableError(message) from error


def make_engine(settings: DatabaseSettings, *, service: str) -> AsyncEngine:
    """Make the pool; it connects at first use (S2 §16.4, §17.4).

    Args:
        settings: Address, limits, timeouts.
        service: Shown as `application_name` in `pg_stat_activity`.
    """
    return create_async_engine(
        settings.database_address,
        connect_args=connect_arguments(settings, service=service),
        hide_parameters=True,
        max_overflow=settings.database_max_overflow,
        pool_pre_ping=True,
        pool_recycle=settings.database_pool_recycle_seconds,
        pool_size=settings.database_pool_size,
        pool_timeout=settings.database_pool_timeout_seconds,
    )


def connect_arguments(settings: DatabaseSettings, *, service: str) -> dict[str, Any]:
    """Give asyncpg its timeouts and session limits (S2 §16.4)."""
    statement = settings.database_statement_timeout_seconds
    limits = {
        "statement_timeout": statement,
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


@asynccontextmanager
async def open_database(
    settings: DatabaseSettings, *, service: str
) -> AsyncGenerator[Database]:
    """Open the pool and close every connection at the end (S2 §13.8)."""
    engine = make_engine(settings, service=service)
    try:
        yield Database(
            engine, report_timeout_seconds=settings.database_report_timeout_seconds
        )
    finally:
        await engine.dispose()
