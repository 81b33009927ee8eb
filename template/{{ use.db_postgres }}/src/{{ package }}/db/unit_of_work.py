"""The unit of work: one session, one transaction, all or nothing (S2 §27.6)."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from ..core.errors import ConflictError, UnavailableError


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
            UnavailableError: The server or the pool does not answer.
        """
        try:
            async with sessions() as session, session.begin():
                yield cls(session)
        except StaleDataError as error:
            message = "Somebody else has changed it meanwhile."
            raise ConflictError(message, hint="Read it again, then repeat.") from error
        except (InterfaceError, OperationalError, PoolTimeoutError, OSError) as error:
            message = "The database does not answer."
            raise UnavailableError(message) from error

    async def flush(self) -> None:
        """Send pending changes, so that the database's own rules are applied now."""
        await self.session.flush()
