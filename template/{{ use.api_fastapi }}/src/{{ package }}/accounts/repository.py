"""All statements about users and sessions."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from .models import RefreshToken, User, UserSession

_PRUNED_AT_ONCE = 20


class AccountRepository:
    """Reads and writes accounts in one session."""

    def __init__(self, session: AsyncSession) -> None:
        """Work in this session; whoever opened it commits."""
        self._session = session

    async def by_name(self, name: str) -> User | None:
        """Return the user of this name, or nothing."""
        return await self._session.scalar(select(User).where(User.name == name))

    async def by_id(self, user_id: UUID) -> User | None:
        """Return the user with this id, or nothing."""
        return await self._session.get(User, user_id)

    async def all_users(self, *, limit: int) -> Sequence[User]:
        """Return users in the order of their names."""
        found = await self._session.scalars(
            select(User).order_by(User.name).limit(limit)
        )
        return found.all()

    async def add(self, row: User | UserSession | RefreshToken) -> None:
        """Insert a row now."""
        self._session.add(row)
        await self._session.flush()

    async def use_refresh_token(self, digest: bytes, now: datetime) -> UUID | None:
        """Mark a token as used, unless it was: of two at once only one succeeds.

        Returns:
            Its session, or nothing when it is unknown or was used before.
        """
        return await self._session.scalar(
            update(RefreshToken)
            .where(RefreshToken.token_digest == digest, RefreshToken.used_at.is_(None))
            .values(used_at=now)
            .returning(RefreshToken.session_id)
        )

    async def session_of_token(self, digest: bytes) -> UserSession | None:
        """Return the session of a token, used or not."""
        return await self._session.scalar(
            select(UserSession)
            .join(RefreshToken, RefreshToken.session_id == UserSession.id)
            .where(RefreshToken.token_digest == digest)
        )

    async def live_session(
        self, session_id: UUID, now: datetime
    ) -> tuple[UserSession, User] | None:
        """Return a session that still counts and its user, or nothing."""
        row = await self._session.execute(
            select(UserSession, User)
            .join(User, User.id == UserSession.user_id)
            .where(
                UserSession.id == session_id,
                UserSession.revoked_at.is_(None),
                UserSession.expires_at > now,
                User.disabled_at.is_(None),
            )
        )
        found = row.one_or_none()
        return (found[0], found[1]) if found else None

    async def revoke_session(self, session_id: UUID, now: datetime) -> bool:
        """End one session; say whether it had not been ended before."""
        ended = await self._session.scalar(
            update(UserSession)
            .where(UserSession.id == session_id, UserSession.revoked_at.is_(None))
            .values(revoked_at=now)
            .returning(UserSession.id)
        )
        return ended is not None

    async def revoke_sessions_of(
        self, user_id: UUID, now: datetime, *, but: UUID | None = None
    ) -> None:
        """End the sessions of a user, all of them or all but one."""
        await self._session.execute(
            update(UserSession)
            .where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
            .where(UserSession.id.is_distinct_from(but))
            .values(revoked_at=now)
        )

    async def replace_password(self, user: User, password_hash: str) -> bool:
        """Replace the password that was verified; say whether it was still that one."""
        replaced = await self._session.scalar(
            update(User)
            .where(
                User.id == user.id,
                User.password_hash == user.password_hash,
                User.disabled_at.is_(None),
            )
            .values(password_hash=password_hash)
            .returning(User.id)
        )
        return replaced is not None

    async def prune_sessions(self, now: datetime) -> None:
        """Delete a few sessions that are over, with their tokens."""
        old = (
            select(UserSession.id)
            .where(UserSession.expires_at <= now)
            .limit(_PRUNED_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        await self._session.execute(delete(UserSession).where(UserSession.id.in_(old)))


async def live_scopes(
    connection: AsyncConnection, session_id: UUID, user_id: UUID, now: datetime
) -> frozenset[str] | None:
    """Return what a user may still do in a session; nothing when it has ended.

    Args:
        connection: A reader's; this is asked for many requests.
        session_id: The claim `sid` of a token.
        user_id: The claim `sub`.
        now: The present time.
    """
    found = await connection.execute(
        select(User.scopes)
        .join(UserSession, UserSession.user_id == User.id)
        .where(
            User.id == user_id,
            User.disabled_at.is_(None),
            UserSession.id == session_id,
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > now,
        )
    )
    scopes: list[str] | None = found.scalar_one_or_none()
    return None if scopes is None else frozenset(scopes)


async def active_users(connection: AsyncConnection, since: datetime) -> int:
    """Count the users who signed in or exchanged a refresh token since then."""
    found = await connection.execute(
        select(func.count(UserSession.user_id.distinct()))
        .join(RefreshToken, RefreshToken.session_id == UserSession.id)
        .where(RefreshToken.created_at > since)
    )
    count: int = found.scalar_one()
    return count
