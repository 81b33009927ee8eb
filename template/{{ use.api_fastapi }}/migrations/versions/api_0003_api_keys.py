"""API keys of services, and what the account trail says about them.

Revision: api_0003
"""

import sqlalchemy as sa
from alembic import op

revision = "api_0003"
down_revision = "api_0002"
branch_labels = None
depends_on = None

_CHECK = "ck_account_events_action_known"
_KNOWN = (
    "signed_in",
    "sign_in_failed",
    "signed_out",
    "refresh_reused",
    "user_created",
    "user_disabled",
    "user_enabled",
    "user_unlocked",
    "password_set",
    "scopes_set",
)
_NEW = ("api_key_created", "api_key_rotated", "api_key_revoked")


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Create the table of keys; the trail may name one."""
    op.create_table(
        "api_keys",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("key_digest", sa.LargeBinary(), nullable=False),
        _time("expires_at"),
        sa.Column("earlier_digest", sa.LargeBinary(), nullable=True),
        _time("earlier_until", nullable=True),
        _time("last_used_at", nullable=True),
        _time("revoked_at", nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        _time("created_at"),
        sa.Column("created_by", sa.Text(), nullable=True),
        _time("updated_at"),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("name", name="uq_api_keys_name"),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["users.id"],
            name="fk_api_keys_owner_id_users",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_api_keys_owner_id", "api_keys", ["owner_id"])
    op.add_column("account_events", sa.Column("key_id", sa.Uuid(), nullable=True))
    _allow((*_KNOWN, *_NEW))


def downgrade() -> None:
    """Drop the keys; lines of the trail about them stay, for nobody may delete them."""
    _allow(_KNOWN, postgresql_not_valid=True)
    op.drop_column("account_events", "key_id")
    op.drop_table("api_keys")


def _allow(actions: tuple[str, ...], **how: bool) -> None:
    """Replace the list; one that is not valid leaves the lines there unchecked."""
    known = ", ".join(f"'{action}'" for action in actions)
    name = op.f(_CHECK)
    op.drop_constraint(name, "account_events", type_="check")
    op.create_check_constraint(name, "account_events", f"action IN ({known})", **how)
