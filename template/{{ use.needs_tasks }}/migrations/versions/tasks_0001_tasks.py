"""The tasks table.

Revision: tasks_0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "tasks_0001"
down_revision = "base_0001"
branch_labels = ("tasks",)
depends_on = None

_STATUSES = "'queued', 'running', 'succeeded', 'failed', 'dead', 'cancelled'"
_CATEGORIES = (
    "'network', 'critical', 'blocked', 'rate_limit', "
    "'transient', 'permanent', 'unknown'"
)


def upgrade() -> None:
    """Create the table with its checks and indexes."""
    op.create_table(
        "tasks",
        *_what(),
        *_outcome(),
        *_times(),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
        sa.UniqueConstraint(
            "name", "idempotency_key", name="uq_tasks_name_idempotency_key"
        ),
        sa.CheckConstraint(f"status IN ({_STATUSES})", name=op.f("ck_tasks_status")),
        sa.CheckConstraint(
            f"error_category IN ({_CATEGORIES})", name=op.f("ck_tasks_error_category")
        ),
        sa.CheckConstraint(
            "progress BETWEEN 0 AND 100", name=op.f("ck_tasks_progress")
        ),
        sa.CheckConstraint(
            "attempts >= 0 AND max_attempts > 0", name=op.f("ck_tasks_attempts")
        ),
        sa.CheckConstraint(
            "(status = 'running') = (lease_owner IS NOT NULL)",
            name=op.f("ck_tasks_lease"),
        ),
    )
    op.create_index("ix_tasks_status", "tasks", ["status"])
    op.create_index("ix_tasks_retry_after", "tasks", ["retry_after"])
    op.create_index(
        "ix_tasks_waiting",
        "tasks",
        [sa.text("priority DESC"), "queued_at", "id"],
        postgresql_where=sa.text("status IN ('queued', 'failed')"),
    )
    op.create_index(
        "ix_tasks_lease_expires_at",
        "tasks",
        ["lease_expires_at"],
        postgresql_where=sa.text("status = 'running'"),
    )


def downgrade() -> None:
    """Drop the table with everything in it."""
    op.drop_table("tasks")


def _what() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.Text()),
        sa.Column("lease_owner", sa.Text()),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("request_id", sa.Text()),
        sa.Column("traceparent", sa.Text()),
        sa.Column("created_by", sa.Text()),
        sa.Column("updated_by", sa.Text()),
    ]


def _outcome() -> list[sa.Column[object]]:
    return [
        sa.Column("error_category", sa.Text()),
        sa.Column("error_message", sa.Text()),
        sa.Column("progress", sa.SmallInteger(), nullable=False),
        sa.Column("progress_note", sa.Text()),
        sa.Column("result", postgresql.JSONB()),
        sa.Column("result_path", sa.Text()),
        sa.Column("result_bytes", sa.BigInteger()),
        sa.Column("checksum", sa.Text()),
        sa.Column("processing_time_ms", sa.BigInteger()),
    ]


def _times() -> list[sa.Column[object]]:
    required = ("created_at", "updated_at", "queued_at")
    others = (
        "last_error_at",
        "retry_after",
        "started_at",
        "finished_at",
        "lease_expires_at",
        "dispatched_at",
    )
    moment = sa.DateTime(timezone=True)
    return [
        *(sa.Column(name, moment, nullable=False) for name in required),
        *(sa.Column(name, moment) for name in others),
    ]
