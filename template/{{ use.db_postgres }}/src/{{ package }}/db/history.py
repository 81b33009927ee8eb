"""Which migrations a database has had, also those that this code does not know.

Alembic's table names the newest migration of each branch. Code that lacks one of them,
because a newer release wrote it or because its area was removed, cannot tell which came
before. So the comment of that table names all that were applied.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import to_tuple
from sqlalchemy import Connection, text

from ..core.errors import AppError

_CREATED: Final = re.compile(
    r"create_table\(\s*[\"'](\w{1,63})[\"']|CREATE TABLE (?:IF NOT EXISTS )?(\w{1,63})"
)


class MigrationError(AppError):
    """The schema cannot be brought to the wanted version."""

    code = "migration"
    title = "The migration failed"


@dataclass(frozen=True)
class History:
    """What a database has had.

    Attributes:
        applied: The migrations of this code that were applied.
        unknown: Migrations of the database that this code does not have.
    """

    applied: frozenset[str]
    unknown: frozenset[str]

    def require_known(self) -> None:
        """Refuse to change a schema of which this code knows only a part.

        Raises:
            MigrationError: There are migrations that the code does not have.
        """
        if self.unknown:
            names = ", ".join(sorted(self.unknown))
            message = f"The database has migrations that this release lacks: {names}."
            hint = (
                "If a newer release made them, use that one. If their area was removed "
                f"from the project: db forget {' '.join(sorted(self.unknown))}"
            )
            raise MigrationError(message, hint=hint)


def load_scripts(config: Config) -> ScriptDirectory:
    """Read the migrations of the code.

    Args:
        config: Says where they are.

    Raises:
        MigrationError: One of them continues a migration that is not there.
    """
    scripts = ScriptDirectory.from_config(config)
    try:
        scripts.get_heads()
    except KeyError as error:
        missing = str(error.args[0])
        names = ", ".join(_naming(scripts, missing)) or "A migration"
        message = f"{names} continues {missing}, which is not among the migrations."
        hint = (
            "If its area was removed from the project, delete that file, and then its "
            "trace in each database: db forget <revision>"
        )
        raise MigrationError(message, hint=hint) from error
    return scripts


def read_history(connection: Connection, scripts: ScriptDirectory) -> History:
    """Tell what a database has had.

    Args:
        connection: To the database.
        scripts: The migrations of this code.
    """
    newest = set(MigrationContext.configure(connection).get_current_heads())
    known = {script.revision for script in scripts.walk_revisions()}
    applied = with_earlier(scripts, newest & known)
    if not newest <= known:
        # Every branch hangs from the first migration.
        applied |= set(scripts.get_bases()) | (_recorded(connection) & known)
    return History(frozenset(applied), frozenset(newest - known))


def record_history(connection: Connection, scripts: ScriptDirectory) -> None:
    """Note what has been applied, for code that does not know all of it.

    Args:
        connection: To the database, in the transaction of the migration.
        scripts: The migrations of this code.
    """
    history = read_history(connection, scripts)
    applied = set(history.applied)
    recorded = _recorded(connection)
    if history.unknown:
        applied |= recorded | history.unknown
    if applied != recorded:
        names = " ".join(sorted(applied)).replace("'", "''")
        connection.exec_driver_sql(f"COMMENT ON TABLE alembic_version IS '{names}'")


def forget_revisions(
    connection: Connection, scripts: ScriptDirectory, revisions: Iterable[str]
) -> None:
    """Drop names of migrations from Alembic's table; the schema stays as it is.

    Args:
        connection: To the database.
        scripts: The migrations of this code.
        revisions: What to forget.

    Raises:
        MigrationError: One of them is in the code, or is not in the database.
    """
    history = read_history(connection, scripts)
    wrong = sorted(set(revisions) - history.unknown)
    if wrong:
        message = f"{', '.join(wrong)}: not a migration of the database alone."
        raise MigrationError(message, hint="db status lists those that are.")
    newest = history.unknown - set(revisions) | _newest(scripts, history.applied)
    connection.execute(text("DELETE FROM alembic_version"))
    insert = text("INSERT INTO alembic_version VALUES (:revision)")
    connection.execute(insert, [{"revision": name} for name in sorted(newest)])
    record_history(connection, scripts)


def with_earlier(scripts: ScriptDirectory, revisions: Iterable[str]) -> set[str]:
    """Return these and all that were applied before them.

    Args:
        scripts: The migrations of this code.
        revisions: Some of them.
    """
    found: set[str] = set()
    waiting = list(revisions)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(_before(scripts, name))
    return found


def created_tables(scripts: ScriptDirectory) -> dict[str, str]:
    """Return for each table that a migration creates, which one does.

    Args:
        scripts: The migrations of this code.
    """
    found: dict[str, str] = {}
    for script in scripts.walk_revisions():
        for names in _CREATED.findall(Path(script.path).read_text(encoding="utf-8")):
            found["".join(names)] = script.revision
    return found


def _newest(scripts: ScriptDirectory, revisions: Iterable[str]) -> set[str]:
    """Return those of which none comes before another."""
    all_of_them = set(revisions)
    return all_of_them.difference(*(_before(scripts, name) for name in all_of_them))


def _before(scripts: ScriptDirectory, name: str) -> set[str]:
    """Return what a migration directly continues or depends on."""
    script = scripts.get_revision(name)
    names = to_tuple(script.down_revision, ()) + to_tuple(script.dependencies, ())
    return {found.revision for found in scripts.get_revisions(names)}


def _recorded(connection: Connection) -> set[str]:
    query = "SELECT obj_description(to_regclass('alembic_version'), 'pg_class')"
    return set((connection.scalar(text(query)) or "").split())


def _naming(scripts: ScriptDirectory, revision: str) -> list[str]:
    """Return the files that name a migration."""
    quoted = re.compile(rf"[\"']{re.escape(revision)}[\"']")
    return [
        path.name
        for path in sorted(Path(scripts.dir, "versions").glob("*.py"))
        if quoted.search(path.read_text(encoding="utf-8"))
    ]
