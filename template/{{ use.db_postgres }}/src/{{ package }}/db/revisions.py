"""Writes migrations from the difference between the models and a schema."""

import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from graphlib import CycleError, TopologicalSorter
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.operations import ops
from alembic.script import ScriptDirectory
from sqlalchemy import Column, text

from ..core.clock import utc_now
from .branches import Branches
from .config import DatabaseSettings
from .history import MigrationError, load_scripts, read_history, with_earlier
from .migrate import run_alembic

# Alembic keeps 32 characters of a name, and the time takes fifteen.
_LONGEST_BRANCH: Final = 17
_GUIDE: Final = "docs/guides/database.md"


class RevisionWriter:
    """Splits what has changed into one migration for each branch."""

    def __init__(self, scripts: ScriptDirectory, branch: str | None = None) -> None:
        """Take the migrations that there are.

        Args:
            scripts: The migrations of this code.
            branch: Gets everything; unless given, the tables decide.

        Raises:
            MigrationError: There is no such branch.
        """
        self._scripts = scripts
        self._branches = Branches(scripts)
        self._branch = branch
        if branch is not None and branch not in self._branches.names():
            message = f"There is no branch {branch}."
            hint = f"Name one of: {', '.join(sorted(self._branches.names()))}."
            raise MigrationError(message, hint=hint)

    def write(self, config: Config, message: str) -> list[Path]:
        """Write the files.

        Args:
            config: Has the connection to the schema to compare with.
            message: What changes, in a few words.

        Returns:
            The new files, formatted.

        Raises:
            MigrationError: Nothing has changed, or a change cannot be made safely.
        """
        made = command.revision(
            config,
            " ".join(message.split()).replace("\\", "/").replace('"', "'"),
            autogenerate=True,
            process_revision_directives=self._split,
        )
        scripts = made if isinstance(made, list) else [made]
        paths = [Path(script.path) for script in scripts if script]
        _format(paths)
        return paths

    def _split(
        self, _context: object, _revision: object, directives: list[ops.MigrationScript]
    ) -> None:
        """Replace Alembic's one migration by one for each branch."""
        whole = directives[0]
        parts: dict[str, list[Any]] = {self._branch: []} if self._branch else {}
        for change in whole.upgrade_ops.ops if whole.upgrade_ops else []:
            branch = self._branch or self._branches.of(_table(change))
            parts.setdefault(branch, []).append(_made_safe(change))
        if not parts:
            message = "The models and the schema agree: there is nothing to write."
            hint = f"A migration of data names its branch: --branch {self._any()}."
            raise MigrationError(message, hint=hint)
        names = {branch: self._new_name(branch) for branch in parts}
        directives[:] = [
            self._script(branch, names, parts[branch], whole.message)
            for branch in self._in_order(parts)
        ]

    def _any(self) -> str:
        return min(self._branches.names())

    def _script(
        self,
        branch: str,
        names: Mapping[str, str],
        changes: Sequence[Any],
        message: str | None,
    ) -> ops.MigrationScript:
        newest = self._branches.newest(branch)
        (first,) = self._scripts.get_bases()
        head = next(iter(newest), first)
        needed = set(newest[1:]) | self._needed(names, changes)
        needed -= with_earlier(self._scripts, [head]) | {names[branch]}
        upgrade = ops.UpgradeOps(changes)
        return ops.MigrationScript(
            names[branch],
            upgrade,
            upgrade.reverse_into(ops.DowngradeOps([])),
            message=message,
            head=head,
            splice=True,
            branch_label=None if newest else branch,
            depends_on=sorted(needed) or None,
        )

    def _needed(self, names: Mapping[str, str], changes: Iterable[Any]) -> set[str]:
        """Return the migrations that made what the changed tables refer to."""
        found: set[str] = set()
        for change in changes:
            for table, creator in self._branches.needed_by(_table(change)).items():
                found.add(creator or names.get(self._branches.of(table), ""))
        return found - {""}

    def _in_order(self, parts: Mapping[str, Sequence[Any]]) -> list[str]:
        """Return the branches, each after those that it needs tables of.

        Raises:
            MigrationError: New tables of two branches refer to each other.
        """
        order = {
            branch: {
                self._branches.of(table)
                for change in changes
                for table, creator in self._branches.needed_by(_table(change)).items()
                if creator is None
            }
            & (parts.keys() - {branch})
            for branch, changes in parts.items()
        }
        try:
            return list(TopologicalSorter(order).static_order())
        except CycleError as error:
            message = f"New tables refer to each other: {', '.join(sorted(order))}."
            raise MigrationError(message, hint="Name one branch: --branch.") from error

    def _new_name(self, branch: str) -> str:
        """Return a name that no colleague gives at the same time."""
        known = {script.revision for script in self._scripts.walk_revisions()}
        now = utc_now()
        while (name := f"{branch[:_LONGEST_BRANCH]}_{now:%Y%m%d%H%M%S}") in known:
            now += timedelta(seconds=1)
        return name


async def add_revisions(
    settings: DatabaseSettings, message: str, *, branch: str | None = None
) -> list[Path]:
    """Write migrations for what the models say and the schema lacks.

    Args:
        settings: A database at the newest version, to compare with.
        message: What changes, in a few words.
        branch: The branch that gets everything; unless given, the tables decide.

    Returns:
        The new files, to be reviewed.

    Raises:
        MigrationError: The branch is unknown, nothing has changed, the schema is
            behind, or a change cannot be made safely.
    """
    written: list[Path] = []

    def write(config: Config) -> None:
        scripts = load_scripts(config)
        read_history(config.attributes["connection"], scripts).require_known()
        written.extend(RevisionWriter(scripts, branch).write(config, message))

    await run_alembic(settings, write)
    return written


def _table(change: object) -> str:
    return str(getattr(change, "table_name", ""))


def _made_safe(change: ops.MigrateOperation) -> ops.MigrateOperation:
    """Give rows that exist a value of each new column that needs one."""
    if isinstance(change, ops.ModifyTableOps):
        changes = [_filled(each) for each in change.ops]
        return ops.ModifyTableOps(change.table_name, changes, schema=change.schema)
    return change


def _filled(change: ops.MigrateOperation) -> ops.MigrateOperation:
    """Let the server fill a new column, also for the release that does not know it.

    Raises:
        MigrationError: It may not be empty, and the model does not say what it holds.
    """
    if not isinstance(change, ops.AddColumnOp):
        return change
    column = change.column
    if column.nullable or column.server_default or column.computed or column.identity:
        return change
    value = getattr(column.default, "arg", None)
    if not isinstance(value, str | int | float):
        name = f"{change.table_name}.{column.name}"
        message = f"{name} may not be empty, and the rows that exist have no value."
        hint = f"Give it a default, or let it be empty at first: {_GUIDE}."
        raise MigrationError(message, hint=hint)
    filled: Column[Any] = Column(
        column.name,
        column.type,
        nullable=False,
        server_default=str(value)
        if isinstance(value, str)
        else text(f"{value}".lower()),
        comment=column.comment,
    )
    return ops.AddColumnOp(change.table_name, filled, schema=change.schema)


def _format(paths: Sequence[Path]) -> None:
    """Write the files as the rest of the project is written."""
    for path in paths:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.lstrip().startswith("# ### ")]
        path.write_text("".join(kept), encoding="utf-8")
    if find_spec("ruff") is None:
        return
    for arguments in (("check", "--fix-only"), ("format",)):
        ruff = [sys.executable, "-m", "ruff", *arguments, "--quiet", *map(str, paths)]
        subprocess.run(ruff, check=True)  # noqa: S603 - our own files
