"""The keys that were handed out."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from ...db.base import Audited, Base


class ApiKey(Audited, Base):
    """A service that may call; its id stands in the audit columns of what it makes.

    Attributes:
        name: Of the service that calls; never given twice.
        owner_id: The user who answers for it; it may never do more than they may.
        scopes: What it may do.
        key_digest: SHA-256 of the key.
        expires_at: When it ends unless it is rotated before, UTC.
        earlier_digest: SHA-256 of the key that was replaced.
        earlier_until: Until when that one is accepted too, UTC.
        last_used_at: About when it was used last, UTC.
        revoked_at: When it was ended early, UTC.
    """

    __tablename__ = "api_keys"
    __table_args__ = ({"info": {"kept": "for good; a key is revoked, not deleted"}},)

    name: Mapped[str] = mapped_column(unique=True)
    owner_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    key_digest: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]
    earlier_digest: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    earlier_until: Mapped[datetime | None] = mapped_column(default=None)
    last_used_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
