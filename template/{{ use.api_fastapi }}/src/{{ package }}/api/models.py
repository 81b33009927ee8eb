"""The table of answers that are given again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ..db.base import Base


class IdempotencyKey(Base):
    """The answer to one request, for when it is repeated.

    Attributes:
        user_id: Whose key it is: a user, or the API key of a service.
        route: Method and path that it was used for.
        key: What the caller chose.
        request_digest: SHA-256 of the body.
        status: Of the answer.
        headers: Of the answer, those that belong to its content.
        body: Of the answer.
        expires_at: Until when it is given again, UTC; then it is refused.
        forget_at: When the row may be deleted, UTC.
    """

    __tablename__ = "idempotency_keys"
    __table_args__ = ({"info": {"kept": "until `forget_at`"}},)

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    route: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[UUID] = mapped_column(primary_key=True)
    request_digest: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int]
    headers: Mapped[dict[str, str]] = mapped_column(JSONB)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]
    forget_at: Mapped[datetime] = mapped_column(index=True)
