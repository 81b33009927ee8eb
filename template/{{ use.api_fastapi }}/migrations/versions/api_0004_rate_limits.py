"""How much each caller has sent lately.

Revision: api_0004
"""

import sqlalchemy as sa
from alembic import op

revision = "api_0004"
down_revision = "api_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; unlogged, for nobody misses a count after a crash."""
    op.create_table(
        "rate_limits",
        sa.Column("caller", sa.LargeBinary(), nullable=False),
        sa.Column("full_at", sa.Double(), nullable=False),
        sa.Column("granted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("caller", name="pk_rate_limits"),
        prefixes=["UNLOGGED"],
    )


def downgrade() -> None:
    """Drop the counts: all limits start again."""
    op.drop_table("rate_limits")
