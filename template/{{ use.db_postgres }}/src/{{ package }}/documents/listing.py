"""The list of documents: plain rows, and statements that are built once."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, bindparam, select

from ..core.errors import InvalidInputError
from ..core.pagination import Cursor, Direction
from .models import Document


class DocumentRow(NamedTuple):
    """What a list shows of a document: everything but its text."""

    id: UUID
    source: str
    title: str
    status: str
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """Which documents a list shows; nothing given shows all.

    Attributes:
        status: Only those that have come this far.
        source: Only those of this origin.
        visible_to: Only those that this actor made or the service itself collected.
    """

    status: str | None = None
    source: str | None = None
    visible_to: str | None = None


def conditions(wanted: DocumentFilter) -> list[ColumnElement[bool]]:
    """Say in SQL which documents a filter lets through; deleted ones never are."""
    return _conditions(_given(wanted))


def list_statement(
    wanted: DocumentFilter, *, limit: int, cursor: Cursor | None
) -> tuple[Select[*tuple[Any, ...]], dict[str, object]]:
    """Give the statement of a page and its parameters.

    Args:
        wanted: Which documents.
        limit: At most so many rows.
        cursor: Where to go on; nothing begins with the newest.

    Returns:
        The statement, the same object for every page of this shape, and the values.

    Raises:
        InvalidInputError: The cursor does not name a document.
    """
    values: dict[str, object] = {"most": limit}
    given = _given(wanted)
    values |= given
    if cursor is None:
        return _statement(frozenset(given), None), values
    values["edge"] = _edge(cursor)
    return _statement(frozenset(given), cursor.direction), values


@cache
def _statement(
    filters: frozenset[str], direction: Direction | None
) -> Select[*tuple[Any, ...]]:
    """Build each of the dozen shapes once: building costs more than running it.

    UUIDv7 keys sort by the time of creation, so the key alone is the order.
    """
    columns = [getattr(Document, name) for name in DocumentRow._fields]
    statement: Select[*tuple[Any, ...]] = select(*columns)
    placeholders: dict[str, object] = {name: bindparam(name) for name in filters}
    statement = statement.where(*_conditions(placeholders))
    order = Document.id if direction == "previous" else Document.id.desc()
    if direction == "previous":
        statement = statement.where(Document.id > bindparam("edge"))
    elif direction == "next":
        statement = statement.where(Document.id < bindparam("edge"))
    return statement.order_by(order).limit(bindparam("most", type_=Integer))


def _given(wanted: DocumentFilter) -> dict[str, object]:
    return {name: value for name, value in asdict(wanted).items() if value is not None}


def _conditions(given: Mapping[str, object]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Document.deleted_at.is_(None)]
    for name, value in sorted(given.items()):
        if name == "visible_to":
            own: ColumnElement[bool] = Document.created_by == value
            found.append(own | Document.created_by.is_(None))
        else:
            found.append(getattr(Document, name) == value)
    return found


def _edge(cursor: Cursor) -> UUID:
    try:
        return UUID(cursor.key[0])
    except ValueError:
        message = "The cursor does not name a document."
        raise InvalidInputError(message) from None
