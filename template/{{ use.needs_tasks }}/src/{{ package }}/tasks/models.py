"""The tasks table."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ..db.base import Audited, Base
from ..resilience.categories import ErrorCategory

type JsonObject = dict[str, Any]


class TaskStatus(StrEnum):
    """Where a task stands.

    queued → running → succeeded
                    └→ failed (waits for its next try) → running ...
                    └→ dead (never tried again by itself)
    cancelled: from queued and failed at once, from running when the worker notices.
    """

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    DEAD = "dead"
    CANCELLED = "cancelled"


WAITING: Final = (TaskStatus.QUEUED, TaskStatus.FAILED)
FINISHED: Final = (TaskStatus.SUCCEEDED, TaskStatus.DEAD, TaskStatus.CANCELLED)


def _listed(values: type[StrEnum]) -> str:
    return ", ".join(f"'{value}'" for value in values)


class Task(Audited, Base):
    """One piece of work.

    Attributes:
        name: Which registered function does it.
        payload: Its input, as JSON.
        status: Where it stands.
        priority: Greater runs earlier.
        attempts: Tries begun; together with `lease_owner` it tells workers apart.
        losses: Tries in a row that ended with their process.
        lost_with: The worker that the latest of them ended with.
        max_attempts: Tries allowed, the first included.
        error_category: What the last failure meant.
        error_message: The last failure, masked.
        last_error_at: When it happened, UTC.
        retry_after: Not run before, UTC.
        idempotency_key: A second task of the same name and key is not made.
        progress: Percent done.
        progress_note: What it is doing, for people.
        result: Its output, as JSON.
        result_path: The file it has written, if its output is one.
        result_bytes: Size of that file, in bytes.
        checksum: SHA-256 of the file, else of the result.
        queued_at: When it was made ready to run, UTC.
        started_at: When its latest try began, UTC.
        finished_at: When it ended for good, UTC.
        processing_time_ms: Time of the latest try, in milliseconds.
        lease_owner: The worker that has it.
        lease_expires_at: When that worker counts as lost, UTC.
        cancel_requested: Whether the worker is to give up.
        dispatched_at: When a message broker was last told of it, UTC.
        request_id: Of the request that made it, for the log.
        traceparent: Of the request that made it, for the trace.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("name", "idempotency_key"),
        CheckConstraint(f"status IN ({_listed(TaskStatus)})", name="status"),
        CheckConstraint(
            f"error_category IN ({_listed(ErrorCategory)})", name="error_category"
        ),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        CheckConstraint("attempts >= 0 AND max_attempts > 0", name="attempts"),
        CheckConstraint(
            "(status = 'running') = (lease_owner IS NOT NULL)", name="lease"
        ),
        Index("ix_tasks_status", "status"),
        Index("ix_tasks_retry_after", "retry_after"),
        Index(
            "ix_tasks_waiting",
            text("priority DESC"),
            "queued_at",
            "id",
            postgresql_where=text("status IN ('queued', 'failed')"),
        ),
        Index(
            "ix_tasks_lease_expires_at",
            "lease_expires_at",
            postgresql_where=text("status = 'running'"),
        ),
        Index(
            "ix_tasks_lost_with",
            "lost_with",
            postgresql_where=text("lost_with IS NOT NULL"),
        ),
        {"info": {"kept": "`TASK_RETENTION_DAYS` after their end; longer when dead"}},
    )

    name: Mapped[str]
    payload: Mapped[JsonObject] = mapped_column(JSONB)
    status: Mapped[str] = mapped_column(default=TaskStatus.QUEUED)
    priority: Mapped[int] = mapped_column(SmallInteger, default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int]
    error_category: Mapped[str | None]
    error_message: Mapped[str | None]
    last_error_at: Mapped[datetime | None]
    retry_after: Mapped[datetime | None]
    idempotency_key: Mapped[str | None]
    progress: Mapped[int] = mapped_column(SmallInteger, default=0)
    progress_note: Mapped[str | None]
    result: Mapped[JsonObject | None] = mapped_column(JSONB)
    result_path: Mapped[str | None]
    result_bytes: Mapped[int | None] = mapped_column(BigInteger)
    checksum: Mapped[str | None]
    queued_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    processing_time_ms: Mapped[int | None] = mapped_column(BigInteger)
    lease_owner: Mapped[str | None]
    lease_expires_at: Mapped[datetime | None]
    losses: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    lost_with: Mapped[str | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    dispatched_at: Mapped[datetime | None]
    request_id: Mapped[str | None]
    traceparent: Mapped[str | None]

    def __repr__(self) -> str:
        """Show no payload and no result, which may be personal."""
        return f"<Task {self.name} {self.id} {self.status}>"
