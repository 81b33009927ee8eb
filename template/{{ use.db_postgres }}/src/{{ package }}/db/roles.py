"""The least that the running service needs in its database."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.sql import quoted_name

from ..core.errors import NotFoundError
from .config import DatabaseSettings
from .migrate import locked_connection

# Of every table that the migrating role has made, and of those that it will make.
_GRANTS: Final = (
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public"
    " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public"
    " GRANT USAGE, SELECT ON SEQUENCES TO {role}",
)


async def grant(settings: DatabaseSettings, role: str) -> None:
    """Let a role read and write rows, and nothing else.

    Run it once, as the role that owns the schema; tables of later migrations follow by
    themselves. Then DATABASE_URL names this role and DATABASE_MIGRATION_URL the owner.

    Args:
        settings: The migrated database.
        role: Who runs the service; it must exist.

    Raises:
        NotFoundError: There is no such role, or no schema yet.
    """
    async with locked_connection(settings) as connection:
        preparer = connection.dialect.identifier_preparer
        name = preparer.quote(quoted_name(role, quote=True)).replace(":", "\\:")
        try:
            for statement in _GRANTS:
                await connection.execute(text(statement.format(role=name)))
        except ProgrammingError as error:
            message = f"There is no role {role}, or the database has no schema yet."
            raise NotFoundError(message, hint="Create the role; db migrate.") from error
        await connection.commit()
