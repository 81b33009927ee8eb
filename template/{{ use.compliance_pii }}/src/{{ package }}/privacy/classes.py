"""The class of every column: declared once, read by the masks, the inventory, exports.

A model says it itself (`mapped_column(info={"data_class": "P1"})`), or
`declarations.py` says it for a model that does not know this part. "P1 masked" is a
text that was masked before it was stored.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Column, MetaData, Table

from ..core.errors import AppError
from ..db.models import METADATA
from .declarations import DECLARED

_MARK: Final = "data_class"
_MASKED_BEFORE: Final = "masked"

# The same in every table that has them. Identifiers name nobody by themselves: the name
# behind them is in one place, and goes with the person.
_COMMON: Final[Mapping[str, str]] = {
    "id": "P2",
    "created_at": "P2",
    "created_by": "P2",
    "updated_at": "P2",
    "updated_by": "P2",
    "deleted_at": "P2",
}


class DataClass(StrEnum):
    """How much harm a leak does."""

    SECRET = "P0"  # noqa: S105 - a class  # pragma: allowlist secret
    PERSONAL = "P1"
    INTERNAL = "P2"
    PUBLIC = "P3"

    @property
    def masked(self) -> bool:
        """Whether its values stay out of logs."""
        return self in {DataClass.SECRET, DataClass.PERSONAL}


class UnclassifiedError(AppError):
    """A column has no class, so nobody knows how to treat it."""

    code = "unclassified_column"
    title = "A column has no class"


def class_of(column: Column[Any]) -> DataClass:
    """Return the class of a column.

    Raises:
        UnclassifiedError: Nobody has declared it.
    """
    return DataClass(_declared(column)[0])


def masked_before(column: Column[Any]) -> bool:
    """Tell whether a column's text was masked before it was stored.

    What is personal in it is known from elsewhere; the rest of it may be said again.

    Raises:
        UnclassifiedError: Nobody has declared the column.
    """
    return _MASKED_BEFORE in _declared(column)[1:]


def _declared(column: Column[Any]) -> list[str]:
    table = column.table.name
    found = (
        column.info.get(_MARK)
        or DECLARED.get(table, {}).get(column.name)
        or _COMMON.get(column.name)
    )
    if found is None:
        message = f"The column {table}.{column.name} has no class."
        hint = "Declare it in privacy/declarations.py or in its model's `info`."
        raise UnclassifiedError(message, hint=hint)
    return str(found).split()


def classified(
    metadata: MetaData = METADATA,
) -> Iterator[tuple[Table, Column[Any], DataClass]]:
    """Go through all columns of all tables, in the order of their names.

    Raises:
        UnclassifiedError: A column has no class.
    """
    for table in sorted(metadata.tables.values(), key=lambda table: table.name):
        for column in table.columns:
            yield table, column, class_of(column)


def declared_but_missing(
    declared: Mapping[str, Iterable[str]] = DECLARED, metadata: MetaData = METADATA
) -> list[str]:
    """Name declarations for which there is no column any more."""
    return [
        f"{table}.{column}"
        for table, columns in declared.items()
        for column in columns
        if table not in metadata.tables or column not in metadata.tables[table].columns
    ]
