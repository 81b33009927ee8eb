"""What a database holds, in a form that two databases can be compared by."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from .manifest import TableDigest

_TABLES: Final = text("""
    SELECT format('%I.%I', n.nspname, c.relname)
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r'
      AND n.nspname <> 'information_schema'
      AND n.nspname !~ '^pg_'
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend AS d
          WHERE d.classid = 'pg_catalog.pg_class'::regclass
            AND d.objid = c.oid AND d.deptype = 'e'
      )
    ORDER BY 1
""")
# The sum of all rows' hashes does not depend on their order, and a row that stands
# twice counts twice.
_DIGEST: Final = """
    SELECT count(*) AS rows, coalesce(sum((
        'x' || left(encode(sha256(convert_to(t::text, 'UTF8')), 'hex'), 15)
    )::bit(60)::bigint), 0)::text AS checksum
    FROM {table} AS t
"""
_HAS_ROWS: Final = "SELECT EXISTS (SELECT FROM {table})"
_BOOKKEEPING: Final = "alembic_version"


async def table_names(connection: AsyncConnection) -> tuple[str, ...]:
    """Return every table of ours as `schema.table`, quoted where it must be."""
    return tuple((await connection.execute(_TABLES)).scalars())


async def table_digests(connection: AsyncConnection) -> dict[str, TableDigest]:
    """Count and hash the rows of every table, as this connection sees them."""
    digests: dict[str, TableDigest] = {}
    for table in await table_names(connection):
        answer = await connection.exec_driver_sql(_DIGEST.format(table=table))
        digests[table] = TableDigest.model_validate(dict(answer.mappings().one()))
    return digests


async def holds_data(connection: AsyncConnection) -> bool:
    """Tell whether any table has a row; the schema's own version does not count."""
    for table in await table_names(connection):
        if table.rpartition(".")[2] == _BOOKKEEPING:
            continue
        answer = await connection.exec_driver_sql(_HAS_ROWS.format(table=table))
        if answer.scalar_one():
            return True
    return False


def differences(
    expected: Mapping[str, TableDigest], found: Mapping[str, TableDigest]
) -> tuple[str, ...]:
    """Describe every table in which two databases differ; empty when they are equal."""
    texts: list[str] = []
    for table in sorted(expected.keys() | found.keys()):
        wanted, present = expected.get(table), found.get(table)
        if wanted is None or present is None:
            texts.append(f"{table}: {'not in the backup' if present else 'missing'}")
        elif wanted.rows != present.rows:
            texts.append(f"{table}: {present.rows} rows instead of {wanted.rows}")
        elif wanted.checksum != present.checksum:
            texts.append(f"{table}: other contents in its {wanted.rows} rows")
    return tuple(texts)
