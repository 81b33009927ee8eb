"""All statements about documents (S2 §17.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from ..core.errors import InvalidInputError
from ..core.pagination import Cursor
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


class DocumentRepository:
    """Reads and writes documents in one session; deleted ones do not exist here."""

    def __init__(self, session: AsyncSession) -> None:
        """Work in this session; whoever opened it commits."""
        self._session = session

    def add(self, document: Document) -> None:
        """Insert a document with the next flush."""
        self._session.add(document)

    async def flush(self) -> None:
        """Send pending changes to the database."""
        await self._session.flush()

    async def get(self, document_id: UUID) -> Document | None:
        """Return a document, or nothing when there is none."""
        alive = Document.deleted_at.is_(None)
        return await self._session.scalar(
            select(Document).where(Document.id == document_id, alive)
        )

    async def rows(
        self, wanted: DocumentFilter, *, limit: int, cursor: Cursor | None
    ) -> Sequence[DocumentRow]:
        """Read rows of the list, newest first, as plain tuples (S2 §18.7).

        No entities are built: a list only passes the columns on.

        Args:
            wanted: Which documents.
            limit: At most so many rows.
            cursor: Where to go on; nothing begins with the newest.

        Returns:
            The rows in the direction of the cursor, which for `previous` is reversed.

        Raises:
            InvalidInputError: The cursor does not name a document.
        """
        result = await self._session.execute(_listed(wanted, cursor).limit(limit))
        return cast("Sequence[DocumentRow]", result.all())


def conditions(wanted: DocumentFilter) -> list[ColumnElement[bool]]:
    """Say in SQL which documents a filter lets through; deleted ones never are."""
    found: list[ColumnElement[bool]] = [Document.deleted_at.is_(None)]
    if wanted.status is not None:
        found.append(Document.status == wanted.status)
    if wanted.source is not None:
        found.append(Document.source == wanted.source)
    if wanted.visible_to is not None:
        own = Document.created_by == wanted.visible_to
        found.append(own | Document.created_by.is_(None))
    return found


def _listed(wanted: DocumentFilter, cursor: Cursor | None) -> Select[*tuple[Any, ...]]:
    """The list's statement; UUIDv7 keys sort by the time of creation."""
    columns = [getattr(Document, name) for name in DocumentRow._fields]
    statement: Select[*tuple[Any, ...]] = select(*columns)
    statement = statement.where(*conditions(wanted))
    if cursor is None:
        return statement.order_by(Document.id.desc())
    edge = _edge(cursor)
    if cursor.direction == "previous":
        return statement.where(Document.id > edge).order_by(Document.id)
    return statement.where(Document.id < edge).order_by(Document.id.desc())


def _edge(cursor: Cursor) -> UUID:
    try:
        return UUID(cursor.key[0])
    except ValueError:
        message = "The cursor does not name a document."
        raise InvalidInputError(message) from None
