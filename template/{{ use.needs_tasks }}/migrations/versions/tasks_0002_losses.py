"""How often a task was lost with its process, and with which one.

Revision: tasks_0002
"""

import sqlalchemy as sa
from alembic import op

revision = "tasks_0002"
down_revision = "tasks_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; no task has been lost yet."""
    losses = sa.Column("losses", sa.SmallInteger(), nullable=False, server_default="0")
    op.add_column("tasks", losses)
    op.add_column("tasks", sa.Column("lost_with", sa.Text()))
    op.create_index(
        "ix_tasks_lost_with",
        "tasks",
        ["lost_with"],
        postgresql_where=sa.text("lost_with IS NOT NULL"),
    )


def downgrade() -> None:
    """Forget the losses: a task that kills its worker then counts as a neighbour."""
    op.drop_index("ix_tasks_lost_with", "tasks")
    op.drop_column("tasks", "lost_with")
    op.drop_column("tasks", "losses")
