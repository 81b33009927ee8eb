"""Counts attempts to sign in, in the database: one count for all workers.

Nobody can lock somebody else out. A stranger's attempts count by the address and by
name and address together; what strangers try from many addresses is limited for each
name, and holds up strangers only: a device that has signed in before is counted by
itself.

A name is counted whether or not it exists, so that neither the answer nor its timing
tells one from the other. An attempt is counted before the password is compared, so that
parallel guesses cannot slip through together. One that is refused counts for nothing
further: an address that has used up its attempts does not use up those of a name.
"""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import LargeBinary, case, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from ..core.addresses import subscriber
from ..core.clock import Clock, utc_now
from ..core.logging import get_logger
from ..db.base import Base
from .config import AccountSettings
from .errors import SignInLimitedError

_PRUNED_AT_ONCE = 20
_DIGEST_BYTES = hashlib.sha256().digest_size
_log = get_logger(__name__)


class SignInAttempts(Base):
    """How often a name, an address or a device was tried lately.

    Attributes:
        key_digest: SHA-256 of the name or address, for neither belongs here; of a name
            with an address or a device both, the name's first.
        attempts: Attempts in the present window.
        window_ends_at: When the count starts again, UTC.
    """

    __tablename__ = "sign_in_attempts"
    __table_args__ = ({"info": {"kept": "until their window is over"}},)

    key_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    attempts: Mapped[int]
    window_ends_at: Mapped[datetime] = mapped_column(index=True)


class SignInThrottle:
    """Refuses attempts beyond the limits of an address, a name and a device."""

    def __init__(self, settings: AccountSettings, clock: Clock = utc_now) -> None:
        """Take the limits; `clock` is replaced in tests."""
        self._clock = clock
        self._address = settings.sign_ins_per_minute
        self._own = settings.max_failed_sign_ins
        self._strangers = settings.max_failed_sign_ins_of_strangers
        self._lockout = timedelta(minutes=settings.lockout_minutes)

    async def count(
        self,
        session: AsyncSession,
        *,
        name: str,
        address: str,
        device: UUID | None = None,
    ) -> None:
        """Count an attempt; the caller commits even when it is refused.

        Args:
            session: The caller's transaction.
            name: As it was typed, lower case.
            address: Where it comes from.
            device: From which this user has signed in before; nothing for a stranger.

        Raises:
            SignInLimitedError: The attempts of one of them are used up.
        """
        own = _own(name, address, device)
        if device is not None:
            limits = [("device", own, self._own, self._lockout)]
        else:
            network = _digest(f"address:{subscriber(address)}")
            limits = [
                ("address", network, self._address, timedelta(minutes=1)),
                ("name and address", own, self._own, self._lockout),
                ("name", _of(name), self._strangers, self._lockout),
            ]
        wait = 0.0
        for what, key, limit, window in limits:
            wait = await self._hit(session, key, limit, window)
            if wait > 0:
                _log.warning("sign-in refused", limit=what, retry_after=wait)
                break
        # Only now, when nothing is waited for: two that prune each other's rows between
        # their counts would wait for each other.
        await self._prune(session)
        if wait > 0:
            raise SignInLimitedError(retry_after=wait)

    async def succeeded(
        self,
        session: AsyncSession,
        *,
        name: str,
        address: str,
        device: UUID | None = None,
    ) -> None:
        """Take back what was counted for an attempt with the right password.

        What others have tried on this name stays: a sign-in of its owner gives them no
        further guesses.

        Args:
            session: The caller's transaction.
            name: As it was counted.
            address: As it was counted.
            device: As it was counted.
        """
        key = SignInAttempts.key_digest
        await session.execute(
            delete(SignInAttempts).where(key == _own(name, address, device))
        )
        if device is None:
            await session.execute(
                update(SignInAttempts)
                .where(key == _of(name), SignInAttempts.attempts > 0)
                .values(attempts=SignInAttempts.attempts - 1)
            )

    async def forget(self, session: AsyncSession, name: str) -> None:
        """Start all counts of a name again, by `users unlock` or a new password."""
        first = _of(name)
        last = first + b"\xff" * (_DIGEST_BYTES + 1)
        await session.execute(
            delete(SignInAttempts).where(SignInAttempts.key_digest.between(first, last))
        )

    async def _hit(
        self, session: AsyncSession, key: bytes, limit: int, window: timedelta
    ) -> float:
        """Count once; return the seconds to wait, or 0 when within the limit."""
        now = self._clock()
        row = insert(SignInAttempts).values(
            key_digest=key, attempts=1, window_ends_at=now + window
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


def _of(name: str) -> bytes:
    return _digest(f"name:{name}")


def _own(name: str, address: str, device: UUID | None) -> bytes:
    """Name the count of this device, or of a stranger's address, for this name."""
    who = f"device:{device}" if device else f"address:{subscriber(address)}"
    return _of(name) + _digest(who)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
