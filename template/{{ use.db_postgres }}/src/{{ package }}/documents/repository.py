"""All statements about documents."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from ..core.pagination import Cursor
from .listing import DocumentFilter, DocumentRow, list_statement
from .models import Document


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


async def document_rows(
    session: AsyncSession | AsyncConnection,
    wanted: DocumentFilter,
    *,
    limit: int,
    cursor: Cursor | None,
) -> Sequence[DocumentRow]:
    """Read rows of the list, newest first, as plain tuples.

    No entities are built: a list only passes the columns on.

    Args:
        session: A unit of work's session, or a reader's connection.
        wanted: Which documents.
        limit: At most so many rows.
        cursor: Where to go on; nothing begins with the newest.

    Returns:
        The rows in the direction of the cursor, which for `previous` is reversed.

    Raises:
        InvalidInputError: The cursor does not name a document.
    """
    statement, values = list_statement(wanted, limit=limit, cursor=cursor)
    result = await session.execute(statement, values)
    return cast("Sequence[DocumentRow]", result.all())
