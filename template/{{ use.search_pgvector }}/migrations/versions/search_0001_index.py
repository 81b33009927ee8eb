"""The search index over documents.

Revision: search_0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import UserDefinedType

revision = "search_0001"
down_revision = "base_0001"
branch_labels = ("search",)
depends_on = None


class _Vector(UserDefinedType[object]):
    """pgvector's type as it was in this revision."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Name the type."""
        return "vector(384)"


def upgrade() -> None:
    """Create the extension, the table and both indexes; `search reindex` fills them."""
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    op.create_table(
        "document_search",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.Column("embedding", _Vector(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("indexed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("document_id", name="pk_document_search"),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name="fk_document_search_document_id_documents",
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "ix_document_search_words",
        "document_search",
        ["words"],
        postgresql_using="gin",
    )
    op.create_index(
        "ix_document_search_embedding",
        "document_search",
        ["embedding"],
        postgresql_using="hnsw",
        postgresql_ops={"embedding": "vector_cosine_ops"},
        postgresql_with={"m": 16, "ef_construction": 64},
    )
    op.create_index("ix_document_search_model", "document_search", ["model"])


def downgrade() -> None:
    """Drop the table; the extension stays, others may use it."""
    op.drop_table("document_search")
