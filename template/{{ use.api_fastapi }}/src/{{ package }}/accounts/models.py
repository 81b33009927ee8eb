"""Users, their sessions, and the refresh tokens of these."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..core.clock import utc_now
from ..core.ids import new_id
from ..db.base import Audited, Base


class User(Audited, Base):
    """Somebody who may sign in; made by the command line only.

    Attributes:
        name: What is typed to sign in, lower case.
        password_hash: Argon2id, never shown.
        scopes: What the user may do.
        disabled_at: When the user was shut out, UTC; nothing while allowed in.
    """

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("name = lower(name)", name="name_lower"),
        {"info": {"kept": "for good; a user is disabled, not deleted"}},
    )

    name: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    disabled_at: Mapped[datetime | None] = mapped_column(default=None)


class UserSession(Base):
    """One sign-in and everything that was refreshed from it: the token family.

    Attributes:
        id: UUIDv7, the claim `sid` of its access tokens.
        user_id: Whose it is.
        scopes: What was granted at sign-in.
        created_at: When it began, UTC.
        expires_at: When it ends whatever happens, UTC.
        revoked_at: When it was ended early, UTC.
    """

    __tablename__ = "user_sessions"
    __table_args__ = ({"info": {"kept": "until some time after they have ended"}},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)


class RefreshToken(Base):
    """A refresh token, known by its digest only; usable once.

    Attributes:
        token_digest: SHA-256 of the token.
        session_id: The session that it prolongs.
        created_at: When it was handed out, UTC.
        used_at: When it was exchanged, UTC; a second use ends the session.
    """

    __tablename__ = "refresh_tokens"
    __table_args__ = ({"info": {"kept": "as long as their session"}},)

    token_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_sessions.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    used_at: Mapped[datetime | None] = mapped_column(default=None)
