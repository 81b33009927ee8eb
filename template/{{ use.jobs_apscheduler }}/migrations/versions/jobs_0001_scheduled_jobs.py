"""The table in which APScheduler keeps what is due when.

Revision: jobs_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "jobs_0001"
down_revision = "base_0001"
branch_labels = ("jobs",)
depends_on = None


def upgrade() -> None:
    """Create the table; the worker fills it from the schedule."""
    op.create_table(
        "scheduled_jobs",
        sa.Column("id", sa.Unicode(191), nullable=False),
        sa.Column("next_run_time", sa.Float(25)),
        sa.Column("job_state", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_scheduled_jobs"),
    )
    op.create_index(
        "ix_scheduled_jobs_next_run_time", "scheduled_jobs", ["next_run_time"]
    )


def downgrade() -> None:
    """Drop the table; the schedule itself is in the code."""
    op.drop_table("scheduled_jobs")
