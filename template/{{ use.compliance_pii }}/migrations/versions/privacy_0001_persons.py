"""Persons, their documents and consents, the trail, the ledger of erasures.

Revision: privacy_0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "privacy_0001"
down_revision = "base_0001"
branch_labels = ("privacy",)
depends_on = None


def upgrade() -> None:
    """Create the tables; the trail refuses changes from then on."""
    _create_persons()
    _create_consents()
    _create_traces()


def downgrade() -> None:
    """Drop the tables with everything in them."""
    op.drop_table("privacy_erasures")
    op.drop_table("privacy_events")
    op.execute("DROP FUNCTION refuse_privacy_change()")
    op.drop_table("consents")
    op.drop_table("person_documents")
    op.drop_table("persons")


def _time(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _create_persons() -> None:
    op.create_table(
        "persons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text()),
        sa.Column("account", sa.Uuid()),
        _time("created_at"),
        sa.Column("created_by", sa.Text()),
        _time("updated_at"),
        sa.Column("updated_by", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_persons"),
        sa.UniqueConstraint("account", name="uq_persons_account"),
    )
    op.create_table(
        "person_documents",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "document_id", name="pk_person_documents"),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["persons.id"],
            name="fk_person_documents_person_id_persons",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name="fk_person_documents_document_id_documents",
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "ix_person_documents_document_id", "person_documents", ["document_id"]
    )


def _create_consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("proof", sa.Text()),
        _time("at"),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["persons.id"],
            name="fk_consents_person_id_persons",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "state IN ('given', 'withdrawn')", name=op.f("ck_consents_state_known")
        ),
    )
    op.create_index(
        "ix_consents_person_id_purpose", "consents", ["person_id", "purpose", "id"]
    )


def _create_traces() -> None:
    op.create_table(
        "privacy_erasures",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        _time("erased_at"),
        sa.PrimaryKeyConstraint("digest", name="pk_privacy_erasures"),
    )
    op.create_table(
        "privacy_events",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_privacy_events"),
    )
    op.execute(
        """
        CREATE FUNCTION refuse_privacy_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME
                USING ERRCODE = 'insufficient_privilege';
        END $$
        """
    )
    for table in ("privacy_events", "privacy_erasures"):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_privacy_change()"
        )
