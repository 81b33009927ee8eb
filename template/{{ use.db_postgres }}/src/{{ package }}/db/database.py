"""The database of this process: how to write, read and ask how it is."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker

from .config import DatabaseSettings
from .errors import connecting, translated
from .pool import make_engine
from .spans import statements_recorded
from .unit_of_work import Reader, UnitOfWork

_MILLISECONDS: Final = 1000
# A server that works ends a statement by itself; so much later nobody waits for it.
_GRACE_SECONDS: Final = 1


class Database:
    """The connection pool and the ways to work in it.

    Attributes:
        engine: The pool, for what fits none of the methods.
        dry_run: Whether nothing is kept.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        report_timeout_seconds: float,
        reports: AsyncEngine | None = None,
        dry_run: bool = False,
    ) -> None:
        """Take over engines; `open_database` makes them."""
        self.engine = engine
        self.dry_run = dry_run
        self._reports = reports or engine
        self._report_timeout_ms = round(report_timeout_seconds * _MILLISECONDS)
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)
        self._reporting = async_sessionmaker(self._reports, expire_on_commit=False)
        self._reading = engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def unit_of_work(self, *, report: bool = False) -> AsyncGenerator[UnitOfWork]:
        """Run the enclosed code as one transaction.

        In dry-run mode it is rolled back, and the log says what was in it.

        Args:
            report: Whether it may take as long as a report instead of a query.

        Yields:
            The unit of work; it is committed unless an exception leaves the block.

        Raises:
            ConflictError: Somebody else changed the same rows meanwhile.
            InvalidInputError: A value cannot be stored.
            UnavailableError: The server or the pool does not answer.
        """
        sessions = self._reporting if report else self._sessions
        async with UnitOfWork.begin(sessions, dry_run=self.dry_run) as uow:
            if report:
                await uow.session.execute(
                    select(
                        func.set_config(
                            "statement_timeout", str(self._report_timeout_ms), True
                        )
                    )
                )
            yield uow

    @asynccontextmanager
    async def reader(self) -> AsyncGenerator[Reader]:
        """Read without a transaction: one round trip for each statement.

        Yields:
            A connection for reading single statements, such as a list.

        Raises:
            UnavailableError: The server or the pool does not answer.
        """
        with translated():
            connection = self._reading.connect()
            with connecting():
                await connection.start()
            try:
                yield Reader(connection)
            finally:
                await connection.close()

    async def ping(self) -> None:
        """Check that the server answers.

        Raises:
            UnavailableError: It does not.
        """
        with connecting():
            async with self._reading.connect() as connection:
                await connection.execute(text("SELECT 1"))


@asynccontextmanager
async def open_database(
    settings: DatabaseSettings, *, service: str, dry_run: bool = False
) -> AsyncGenerator[Database]:
    """Open the pool and close every connection at the end.

    Args:
        settings: Address, limits, timeouts.
        service: Shown as `application_name` in `pg_stat_activity`.
        dry_run: Whether transactions are rolled back instead of committed.
    """
    engine, reports = (
        make_engine(settings, service=service, answer_seconds=limit + _GRACE_SECONDS)
        for limit in (
            settings.database_statement_timeout_seconds,
            settings.database_report_timeout_seconds,
        )
    )
    try:
        with statements_recorded(engine), statements_recorded(reports):
            yield Database(
                engine,
                report_timeout_seconds=settings.database_report_timeout_seconds,
                reports=reports,
                dry_run=dry_run,
            )
    finally:
        await engine.dispose()
        await reports.dispose()
