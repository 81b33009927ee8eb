"""Which branch of migrations a table belongs to.

It is the branch whose migration created the table. A table of the first migration, from
which every branch hangs, belongs to the branch with the name of its area, which is the
folder of its model. So does a new table, unless its area has a branch already.
"""

from alembic.script import ScriptDirectory
from alembic.util import to_tuple
from sqlalchemy import Table

from .base import Base
from .history import created_tables
from .models import METADATA


class Branches:
    """The branches that there are, and those that tables would begin."""

    def __init__(self, scripts: ScriptDirectory) -> None:
        """Read what each migration creates."""
        self._scripts = scripts
        self._created = created_tables(scripts)

    def names(self) -> set[str]:
        """Return every branch that a migration can be added to."""
        there = {self._label(head) for head in self._scripts.get_heads()}
        return {name for name in there if name} | set(map(self.of, METADATA.tables))

    def of(self, table: str) -> str:
        """Return the branch of a table.

        Args:
            table: Its name; it need not be there yet.
        """
        own = self._label(self._created.get(table))
        if own:
            return own
        area = _area(table)
        beside = (name for name in METADATA.tables if _area(name) == area)
        labels = {self._label(self._created.get(name)) for name in beside}
        return min(filter(None, labels), default=area)

    def newest(self, branch: str) -> list[str]:
        """Return the last migrations of a branch, newest first; none in a new branch.

        Args:
            branch: Its name.
        """
        heads = self._scripts.get_heads()
        return sorted((h for h in heads if self._label(h) == branch), reverse=True)

    def needed_by(self, table: str) -> dict[str, str | None]:
        """Return the tables that a table refers to, and what created each.

        Args:
            table: Its name; a table that is gone refers to nothing.
        """
        model = METADATA.tables.get(table)
        keys = model.foreign_keys if isinstance(model, Table) else ()
        names = {key.column.table.name for key in keys} - {table}
        return {name: self._created.get(name) for name in sorted(names)}

    def _label(self, revision: str | None) -> str | None:
        """Return the name of a migration's branch.

        Alembic's own `branch_labels` are no help: where there is one branch only, the
        first migration counts as a part of it.
        """
        while revision is not None:
            script = self._scripts.get_revision(revision)
            labels = to_tuple(getattr(script.module, "branch_labels", None), ())
            if labels:
                return str(labels[0])
            revision = next(iter(to_tuple(script.down_revision, ())), None)
        return None


def _area(table: str) -> str:
    """Return the folder of a table's model, or the table's name if it has no model."""
    for mapper in Base.registry.mappers:
        if getattr(mapper.local_table, "name", None) == table:
            return mapper.class_.__module__.split(".")[1]
    return table
