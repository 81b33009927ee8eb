"""What the owner of the schema lets the other roles do.

Every migration ends with this, so that nobody has to think of it: a new table is read
and written by the service, and one that is marked `append_only` is only added to.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, select, text

from .config import DatabaseSettings
from .models import METADATA
from .roles import SERVICE, Login, logins

_HISTORY: Final = "public.alembic_version"

# What the connected role has made, in any schema.
_OWNED: Final = text(
    """
    SELECT format('%I.%I', nspname, relname),
           nspname || '.' || relname,
           relkind = 'S'
    FROM pg_catalog.pg_class AS relation
    JOIN pg_catalog.pg_namespace AS space ON space.oid = relnamespace
    JOIN pg_catalog.pg_roles AS owner ON owner.oid = relowner
    WHERE rolname = current_user
      AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
      AND nspname !~ '^pg_' AND nspname <> 'information_schema'
    ORDER BY 1
    """
)
_SCHEMAS: Final = text(
    """
    SELECT format('%I', nspname)
    FROM pg_catalog.pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
      AND has_schema_privilege(oid, 'USAGE WITH GRANT OPTION')
    ORDER BY 1
    """
)


@dataclass(frozen=True, slots=True)
class _Schema:
    """What there is to give rights to, quoted.

    Attributes:
        schemas: All schemas that may be opened to others.
        tables: All tables by their names, views too.
        sequences: All sequences.
    """

    schemas: list[str]
    tables: dict[str, str]
    sequences: list[str]


def grant_rights(connection: Connection, settings: DatabaseSettings) -> None:
    """Let every role do what it is for, and nothing else.

    Args:
        connection: Signed in as the owner of the schema.
        settings: Name the roles.
    """
    owner = connection.scalar(select(func.current_user()))
    others = [login for login in logins(settings) if login.name != owner]
    if not others:
        return
    rows = connection.execute(_OWNED).all()
    schema = _Schema(
        schemas=list(connection.scalars(_SCHEMAS)),
        tables={name: quoted for quoted, name, sequence in rows if not sequence},
        sequences=[quoted for quoted, _, sequence in rows if sequence],
    )
    connection.exec_driver_sql("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    for login in others:
        if login.role.tables:
            role = connection.dialect.identifier_preparer.quote_identifier(login.name)
            for statement in _statements(login, role, schema):
                connection.exec_driver_sql(statement)


def _statements(login: Login, role: str, schema: _Schema) -> Iterator[str]:
    """Say what a role may do with what is there and with what will be."""
    rights = login.role.tables
    counting = "USAGE, SELECT" if login.role is SERVICE else "SELECT"
    always = "ALTER DEFAULT PRIVILEGES GRANT"
    yield f"{always} USAGE ON SCHEMAS TO {role}"
    yield f"{always} {rights} ON TABLES TO {role}"
    yield f"{always} {counting} ON SEQUENCES TO {role}"
    for one in schema.schemas:
        yield f"GRANT USAGE ON SCHEMA {one} TO {role}"
    if schema.sequences:
        yield f"GRANT {counting} ON SEQUENCE {', '.join(schema.sequences)} TO {role}"
    if schema.tables:
        yield f"GRANT {rights} ON {', '.join(schema.tables.values())} TO {role}"
    if login.role is SERVICE:
        for name, quoted in schema.tables.items():
            yield from _less(name, quoted, role)


def _less(name: str, table: str, role: str) -> Iterator[str]:
    """Take back what the service may not do with a table."""
    only = restricted().get(name)
    if only is None:
        return
    yield f"REVOKE ALL ON {table} FROM {role}"
    for right in only:
        yield f"GRANT {right} ON {table} TO {role}"


def restricted() -> dict[str, tuple[str, ...]]:
    """Return what the service may do with the tables that it may not change."""
    found: dict[str, tuple[str, ...]] = {_HISTORY: ("SELECT",)}
    for table in METADATA.sorted_tables:
        if table.info.get("append_only"):
            forgets = [f"UPDATE ({column})" for column in table.info["forgets"]]
            name = f"{table.schema or 'public'}.{table.name}"
            found[name] = ("SELECT", "INSERT", *forgets)
    return found
