"""What has to hold of the database before the service begins its work."""

from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from ..core.errors import AppError
from .database import Database
from .history import MigrationError
from .migrate import status
from .rights import restricted

if TYPE_CHECKING:
    from ..bootstrap import Container

_HINT: Final = "Give DATABASE_URL a role of its own: docs/guides/database.md, Roles."
_ROLE: Final = text(
    """
    SELECT rolname, rolsuper, rolcreaterole, rolbypassrls
    FROM pg_catalog.pg_roles WHERE rolname = current_user
    """
)
_OWNED: Final = text(
    """
    SELECT oid::regclass::text FROM pg_catalog.pg_class
    WHERE relnamespace = 'public'::regnamespace
      AND pg_has_role(relowner, 'USAGE')
    ORDER BY 1 LIMIT 1
    """
)
_MAY: Final = text(
    """
    SELECT to_regclass(:table) IS NOT NULL
       AND has_table_privilege(:table, 'UPDATE, DELETE, TRUNCATE')
    """
)


class RoleError(AppError):
    """The service may do more in its database than its work needs."""

    code = "database_role"
    title = "The service may do too much in its database"


async def check_schema(container: "Container") -> None:
    """Refuse to work on a schema that is older than this code.

    Raises:
        MigrationError: A migration has not been applied.
        UnavailableError: The server does not answer.
    """
    await container.database.ping()
    applied = await status(container.database.engine)
    missing = [head for head, done in applied.items() if not done]
    if missing:
        message = f"These migrations have not been applied: {', '.join(missing)}."
        raise MigrationError(message, hint="Run: db migrate.")


async def check_role(container: "Container") -> None:
    """Refuse to serve, where it is deployed, as a role that could change the trail.

    Raises:
        RoleError: The role is a superuser, owns tables, or may change what is only
            added to.
    """
    if not container.settings.deployed:
        return
    problem = await _too_much(container.database)
    if problem is not None:
        raise RoleError(f"The service's role in the database {problem}.", hint=_HINT)


async def _too_much(database: Database) -> str | None:
    """Say what the role of the service should not be able to do."""
    async with database.reader() as reader:
        role = (await reader.session.execute(_ROLE)).one()
        if role.rolsuper:
            return f"is a superuser: {role.rolname}"
        if role.rolcreaterole or role.rolbypassrls:
            return f"may make roles or pass by policies: {role.rolname}"
        owned = await reader.session.scalar(_OWNED)
        if owned is not None:
            return f"owns tables, such as {owned}: {role.rolname}"
        for table in restricted():
            if await reader.session.scalar(_MAY, {"table": table}):
                return f"may change {table}, to which it only adds: {role.rolname}"
    return None
