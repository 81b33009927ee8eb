"""Users, sessions, refresh tokens, attempts to sign in, and the account trail.

Revision: api_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "api_0001"
down_revision = "base_0001"
branch_labels = ("api",)
depends_on = None

_ACTIONS = (
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


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Create the tables; the trail refuses to be changed."""
    op.create_table(
        "users",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        _time("disabled_at", nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        _time("created_at"),
        sa.Column("created_by", sa.Text(), nullable=True),
        _time("updated_at"),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("name", name="uq_users_name"),
        sa.CheckConstraint("name = lower(name)", name=op.f("ck_users_name_lower")),
    )
    _create_sessions()
    op.create_table(
        "sign_in_attempts",
        sa.Column("key_digest", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _time("window_ends_at"),
        sa.PrimaryKeyConstraint("key_digest", name="pk_sign_in_attempts"),
    )
    op.create_index(
        "ix_sign_in_attempts_window_ends_at", "sign_in_attempts", ["window_ends_at"]
    )
    _create_trail()


def _create_sessions() -> None:
    op.create_table(
        "user_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        _time("created_at"),
        _time("expires_at"),
        _time("revoked_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_user_sessions"),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name="fk_user_sessions_user_id_users",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_user_sessions_user_id", "user_sessions", ["user_id"])
    op.create_index("ix_user_sessions_expires_at", "user_sessions", ["expires_at"])
    op.create_table(
        "refresh_tokens",
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        _time("created_at"),
        _time("used_at", nullable=True),
        sa.PrimaryKeyConstraint("token_digest", name="pk_refresh_tokens"),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["user_sessions.id"],
            name="fk_refresh_tokens_session_id_user_sessions",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_refresh_tokens_session_id", "refresh_tokens", ["session_id"])
    op.create_index("ix_refresh_tokens_created_at", "refresh_tokens", ["created_at"])


def _create_trail() -> None:
    known = ", ".join(f"'{action}'" for action in _ACTIONS)
    op.create_table(
        "account_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        _time("at"),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_account_events"),
        sa.CheckConstraint(
            f"action IN ({known})", name=op.f("ck_account_events_action_known")
        ),
    )
    op.create_index("ix_account_events_at", "account_events", ["at"])
    op.create_index("ix_account_events_user_id", "account_events", ["user_id"])
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME
                USING ERRCODE = 'insufficient_privilege';
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER account_events_append_only
        BEFORE UPDATE OR DELETE ON account_events
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """
    )


def downgrade() -> None:
    """Drop the tables with everything in them."""
    op.drop_table("account_events")
    op.execute("DROP FUNCTION refuse_change()")
    op.drop_table("sign_in_attempts")
    op.drop_table("refresh_tokens")
    op.drop_table("user_sessions")
    op.drop_table("users")
