"""All statements about API keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from ..models import User
from ..principal import still_allowed
from .models import ApiKey


@dataclass(frozen=True, slots=True)
class LiveKey:
    """What a request needs to know of a key that has not ended.

    Attributes:
        scopes: What it may do, as far as its owner may.
        accepted: Digest and end of each text that is accepted now.
        last_used_at: About when it was used last, UTC.
    """

    scopes: frozenset[str]
    accepted: tuple[tuple[bytes, datetime], ...]
    last_used_at: datetime | None


async def live_key(
    connection: AsyncConnection, key_id: UUID, now: datetime
) -> LiveKey | None:
    """Return a key that still counts and whose owner does, or nothing.

    Args:
        connection: A reader's; this is asked for many requests.
        key_id: Which key the caller claims to have.
        now: The present time.
    """
    found = await connection.execute(
        select(
            ApiKey.scopes,
            ApiKey.key_digest,
            ApiKey.expires_at,
            ApiKey.earlier_digest,
            ApiKey.earlier_until,
            ApiKey.last_used_at,
            User.scopes.label("owner_scopes"),
        )
        .join(User, User.id == ApiKey.owner_id)
        .where(
            ApiKey.id == key_id,
            ApiKey.revoked_at.is_(None),
            ApiKey.expires_at > now,
            User.disabled_at.is_(None),
        )
    )
    row = found.one_or_none()
    if row is None:
        return None
    accepted = [(row.key_digest, row.expires_at)]
    if row.earlier_until is not None and row.earlier_until > now:
        accepted.append((row.earlier_digest, row.earlier_until))
    return LiveKey(
        scopes=still_allowed(row.scopes, row.owner_scopes),
        accepted=tuple(accepted),
        last_used_at=row.last_used_at,
    )


async def note_use(session: AsyncSession, key_id: UUID, now: datetime) -> None:
    """Write down that a key was used; that is no change of it, so nobody made one."""
    await session.execute(
        update(ApiKey)
        .where(ApiKey.id == key_id)
        .values(
            last_used_at=now,
            updated_at=ApiKey.updated_at,
            updated_by=ApiKey.updated_by,
        )
    )


async def by_name(session: AsyncSession, name: str) -> ApiKey | None:
    """Return the key of this name and lock it, or nothing."""
    return await session.scalar(
        select(ApiKey).where(ApiKey.name == name).with_for_update()
    )


async def all_keys(
    session: AsyncSession, *, limit: int
) -> Sequence[tuple[ApiKey, User]]:
    """Return keys and their owners in the order of their names."""
    found = await session.execute(
        select(ApiKey, User)
        .join(User, User.id == ApiKey.owner_id)
        .order_by(ApiKey.name, ApiKey.id)
        .limit(limit)
    )
    return [(key, owner) for key, owner in found]
