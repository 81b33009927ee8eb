"""Lets the trail of accounts forget an address, and nothing else.

Revision: privacy_accounts_0001
"""

from alembic import op

revision = "privacy_accounts_0001"
down_revision = "base_0001"
branch_labels = ("privacy_accounts",)
depends_on = ("api_0001",)


def upgrade() -> None:
    """Refuse deletions as before, and every change but the loss of an address."""
    op.execute("DROP TRIGGER account_events_append_only ON account_events")
    op.execute(
        """
        CREATE TRIGGER account_events_append_only
        BEFORE DELETE ON account_events
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """
    )
    op.execute(
        """
        CREATE TRIGGER account_events_only_forget
        BEFORE UPDATE ON account_events
        FOR EACH ROW WHEN (
            NEW.address IS NOT NULL
            OR to_jsonb(NEW) - 'address' IS DISTINCT FROM to_jsonb(OLD) - 'address'
        )
        EXECUTE FUNCTION refuse_change()
        """
    )


def downgrade() -> None:
    """Refuse every change again."""
    op.execute("DROP TRIGGER account_events_only_forget ON account_events")
    op.execute("DROP TRIGGER account_events_append_only ON account_events")
    op.execute(
        """
        CREATE TRIGGER account_events_append_only
        BEFORE UPDATE OR DELETE ON account_events
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """
    )
