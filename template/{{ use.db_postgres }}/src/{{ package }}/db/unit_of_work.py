"""The unit of work: one session, one transaction, all or nothing (S2 §27.6)."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker

from .errors import connecting, translated


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
        cls, sessions: async_sessionmaker[AsyncSession]
    ) -> AsyncGenerator[Self]:
        """Commit on success, roll back on an error, always close (S0 §3.2).

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

    async def flush(self) -> None:
        """Send pending changes, so that the database's own rules are applied now."""
        await self.session.flush()
