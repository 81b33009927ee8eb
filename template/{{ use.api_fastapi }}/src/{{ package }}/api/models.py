"""The tables of answers that are given again, and of what callers have sent."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Double, LargeBinary
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


class RateLimit(Base):
    """How much a caller has sent lately; gone after a crash of the server.

    Attributes:
        caller: Digest of who it is.
        full_at: When all requests are available again, Unix time.
        granted: Requests that were let through the last time.
    """

    __tablename__ = "rate_limits"
    # Without a log of changes a count costs a third of the time.
    __table_args__ = (
        {"prefixes": ["UNLOGGED"], "info": {"kept": "until the limit is whole again"}},
    )

    caller: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    full_at: Mapped[float] = mapped_column(Double)
    granted: Mapped[int]
