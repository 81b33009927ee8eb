"""The documents, on which every other branch of migrations may build.

Revision: base_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "base_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table with its checks and indexes."""
    op.create_table(
        "documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
        sa.CheckConstraint(
            "status IN ('new', 'processing', 'ready', 'failed')",
            name=op.f("ck_documents_status_known"),
        ),
        sa.CheckConstraint(
            "length(title) BETWEEN 1 AND 500", name=op.f("ck_documents_title_length")
        ),
        sa.CheckConstraint(
            "length(source) BETWEEN 1 AND 2048", name=op.f("ck_documents_source_length")
        ),
    )
    alive = sa.text("deleted_at IS NULL")
    op.create_index("ix_documents_alive", "documents", ["id"], postgresql_where=alive)
    for column in ("status", "source"):
        op.create_index(
            f"ix_documents_{column}_id",
            "documents",
            [column, "id"],
            postgresql_where=alive,
        )


def downgrade() -> None:
    """Drop the table with everything in it."""
    op.drop_table("documents")
