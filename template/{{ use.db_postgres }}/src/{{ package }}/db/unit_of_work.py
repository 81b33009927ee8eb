"""The unit of work: one session, one transaction, all or nothing."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, Self

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker

from ..core.logging import get_logger
from .errors import connecting, translated

_WRITTEN: Final = text(
    "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables"
    " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 ORDER BY relname"
)
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Reader:
    """A connection that only reads, each statement by itself.

    Attributes:
        session: Runs typed statements and returns plain rows.
    """

    session: AsyncConnection


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """One transaction.

    Attributes:
        session: What repositories work on; they never commit.
    """

    session: AsyncSession

    @classmethod
    @asynccontextmanager
    async def begin(
        cls, sessions: async_sessionmaker[AsyncSession], *, dry_run: bool = False
    ) -> AsyncGenerator[Self]:
        """Commit on success, roll back on an error, always close.

        Args:
            sessions: Makes the session.
            dry_run: Roll back on success too, and log what would have been written.

        Raises:
            ConflictError: Somebody else changed the same rows meanwhile.
            InvalidInputError: A value cannot be stored.
            UnavailableError: The server or the pool does not answer.
        """
        with translated():
            async with sessions() as session, session.begin():
                with connecting():
                    await session.connection()
                yield cls(session)
                if dry_run:
                    await _take_back(session)

    async def flush(self) -> None:
        """Send pending changes, so that the database's own rules are applied now."""
        await self.session.flush()


async def _take_back(session: AsyncSession) -> None:
    """Roll back; what the caller has in hand stays as it is."""
    await session.flush()
    for table, inserted, updated, deleted in await session.execute(_WRITTEN):
        _log.info(
            "dry_run_rows",
            table=table,
            inserted=inserted,
            updated=updated,
            deleted=deleted,
        )
    session.expunge_all()
    await session.rollback()
