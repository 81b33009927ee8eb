"""The trail of accounts: who signed in, who was changed; append-only."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from ..core.clock import utc_now
from ..core.context import current
from ..core.ids import new_id
from ..core.logging import get_logger
from ..db.base import Base

_log = get_logger(__name__)


class Action(StrEnum):
    """What happened to an account."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    REFRESH_REUSED = "refresh_reused"
    USER_CREATED = "user_created"
    USER_DISABLED = "user_disabled"
    USER_ENABLED = "user_enabled"
    USER_UNLOCKED = "user_unlocked"
    PASSWORD_SET = "password_set"  # noqa: S105 - the name of an event
    SCOPES_SET = "scopes_set"
    API_KEY_CREATED = "api_key_created"
    API_KEY_ROTATED = "api_key_rotated"
    API_KEY_REVOKED = "api_key_revoked"


_ACTIONS = ", ".join(f"'{action}'" for action in Action)


class AccountEvent(Base):
    """One line of the trail; the database refuses to change or delete it.

    Attributes:
        id: UUIDv7.
        at: When it happened, UTC.
        action: What happened.
        user_id: The account; nothing when the name was unknown.
        key_id: The API key of the account that it is about.
        actor: Who did it; nothing means the command line.
        address: Network address that it came from.
        request_id: Correlates it with the log.
    """

    __tablename__ = "account_events"
    __table_args__ = (
        CheckConstraint(f"action IN ({_ACTIONS})", name="action_known"),
        {"info": {"kept": "for good; nobody may delete them"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    action: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(default=None, index=True)
    key_id: Mapped[UUID | None] = mapped_column(default=None)
    actor: Mapped[str | None] = mapped_column(default=None)
    address: Mapped[str | None] = mapped_column(default=None)
    request_id: Mapped[str | None] = mapped_column(default=None)


async def record(
    session: AsyncSession,
    action: Action,
    user_id: UUID | None,
    *,
    address: str | None = None,
    key_id: UUID | None = None,
) -> None:
    """Add a line to the trail, in the transaction of what it reports.

    Args:
        session: The caller's transaction.
        action: What happens.
        user_id: The account; nothing when the name is unknown.
        address: Where it comes from.
        key_id: The API key that it is about.
    """
    context = current()
    await session.execute(
        insert(AccountEvent).values(
            action=action,
            user_id=user_id,
            key_id=key_id,
            actor=context.actor,
            address=address,
            request_id=context.request_id,
        )
    )
    _log.info("account changed", entity="user", action=action, user_id=str(user_id))
