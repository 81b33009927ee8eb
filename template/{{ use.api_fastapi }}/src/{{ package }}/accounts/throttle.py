"""Counts attempts to sign in, in the database: one count for all workers.

A name is counted whether or not it exists, so that neither the answer nor its timing
tells one from the other. An attempt is counted before the password is compared, so that
parallel guesses cannot slip through together.
"""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import LargeBinary, case, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from ..core.addresses import subscriber
from ..core.clock import Clock, utc_now
from ..db.base import Base
from .config import AccountSettings
from .errors import SignInLimitedError

_PRUNED_AT_ONCE = 20


class SignInAttempts(Base):
    """How often a name or an address was tried lately.

    Attributes:
        key_digest: SHA-256 of the name or address, for neither belongs here.
        attempts: Attempts in the present window.
        window_ends_at: When the count starts again, UTC.
    """

    __tablename__ = "sign_in_attempts"
    __table_args__ = ({"info": {"kept": "until their window is over"}},)

    key_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    attempts: Mapped[int]
    window_ends_at: Mapped[datetime] = mapped_column(index=True)


class SignInThrottle:
    """Refuses attempts beyond the limits of a name and of an address."""

    def __init__(self, settings: AccountSettings, clock: Clock = utc_now) -> None:
        """Take the limits; `clock` is replaced in tests."""
        self._settings = settings
        self._clock = clock

    async def count(self, session: AsyncSession, *, name: str, address: str) -> None:
        """Count an attempt; the caller commits even when it is refused.

        Raises:
            SignInLimitedError: The address or the name has used up its attempts.
        """
        settings = self._settings
        waits = [
            await self._hit(
                session,
                f"address:{subscriber(address)}",
                settings.sign_ins_per_minute,
                timedelta(minutes=1),
            ),
            await self._hit(
                session,
                f"name:{name}",
                settings.max_failed_sign_ins,
                timedelta(minutes=settings.lockout_minutes),
            ),
        ]
        # Only now, when nothing is waited for: two that prune each other's rows between
        # their counts would wait for each other.
        await self._prune(session)
        wait = max(waits)
        if wait > 0:
            raise SignInLimitedError(retry_after=wait)

    async def forget(self, session: AsyncSession, name: str) -> None:
        """Start the count of a name again, after a success or by `users unlock`."""
        key = _digest(f"name:{name}")
        await session.execute(
            delete(SignInAttempts).where(SignInAttempts.key_digest == key)
        )

    async def _hit(
        self, session: AsyncSession, key: str, limit: int, window: timedelta
    ) -> float:
        """Count once; return the seconds to wait, or 0 when within the limit."""
        now = self._clock()
        row = insert(SignInAttempts).values(
            key_digest=_digest(key), attempts=1, window_ends_at=now + window
        )
        over = SignInAttempts.window_ends_at <= now
        # The last permitted attempt starts the full wait; refused ones add nothing.
        last = SignInAttempts.attempts + 1 == limit
        counted = row.on_conflict_do_update(
            index_elements=[SignInAttempts.key_digest],
            set_={
                "attempts": case((over, 1), else_=SignInAttempts.attempts + 1),
                "window_ends_at": case(
                    (over | last, now + window), else_=SignInAttempts.window_ends_at
                ),
            },
        ).returning(SignInAttempts.attempts, SignInAttempts.window_ends_at)
        attempts, ends_at = (await session.execute(counted)).one()
        return max(1.0, (ends_at - now).total_seconds()) if attempts > limit else 0.0

    async def _prune(self, session: AsyncSession) -> None:
        """Delete a few counts that are over, so that the table stays small."""
        old = (
            select(SignInAttempts.key_digest)
            .where(SignInAttempts.window_ends_at <= self._clock())
            .limit(_PRUNED_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        await session.execute(
            delete(SignInAttempts).where(SignInAttempts.key_digest.in_(old))
        )


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
