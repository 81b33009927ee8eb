"""What can be done with documents.

Every method works in the caller's unit of work, so that callers can add their own
writes to the same transaction.
"""

from collections.abc import Callable, Sequence
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ..core.clock import Clock, utc_now
from ..core.errors import ConflictError, NotFoundError
from ..core.logging import get_logger
from ..core.pagination import Cursor, Page, page_of
from ..db.unit_of_work import Reader, UnitOfWork
from .listing import DocumentFilter, DocumentRow
from .models import Document
from .observers import ChangeKind, DocumentChange, DocumentObserver
from .repository import DocumentRepository, document_rows
from .schemas import DocumentCreate, DocumentPatch

_log = get_logger(__name__)


class DocumentStore(Protocol):
    """What the service needs of its repository."""

    def add(self, document: Document) -> None:
        """Insert a document with the next flush."""
        ...

    async def flush(self) -> None:
        """Send pending changes to the database."""
        ...

    async def get(self, document_id: UUID) -> Document | None:
        """Return a document, or nothing when there is none."""
        ...


class DocumentService:
    """Creates, lists, reads, changes and deletes documents."""

    def __init__(
        self,
        observers: Sequence[DocumentObserver] = (),
        *,
        store: Callable[[AsyncSession], DocumentStore] = DocumentRepository,
        now: Clock = utc_now,
    ) -> None:
        """Take those who hear of changes; the rest is for tests."""
        self._observers = observers
        self._store = store
        self._now = now

    async def create(self, uow: UnitOfWork, new: DocumentCreate) -> Document:
        """Add a document.

        Args:
            uow: The caller's transaction.
            new: The document.

        Returns:
            It, with its id, version and times.
        """
        document = Document(**new.model_dump())
        store = self._store(uow.session)
        store.add(document)
        await store.flush()
        await self._tell(uow, "created", document, frozenset(new.model_fields_set))
        return document

    async def read(
        self,
        uow: UnitOfWork,
        document_id: UUID,
        *,
        visible_to: str | None = None,
        changed_by: str | None = None,
    ) -> Document:
        """Return a document.

        Args:
            uow: The caller's transaction.
            document_id: Which one.
            visible_to: Only if this actor made it, or the service itself.
            changed_by: Only if this actor made it, and so may change it.

        Raises:
            NotFoundError: There is none with this id for this actor, or it was deleted.
        """
        document = await self._store(uow.session).get(document_id)
        if document is None or not _may(document, visible_to, changed_by):
            message = f"There is no document {document_id}."
            raise NotFoundError(message)
        return document

    async def page(
        self,
        reader: Reader | UnitOfWork,
        wanted: DocumentFilter | None = None,
        *,
        limit: int = 20,
        cursor: str | None = None,
    ) -> Page[DocumentRow]:
        """Return a page of the list, newest first.

        Args:
            reader: `Database.reader()`, or a transaction to see its own changes.
            wanted: Which documents; all unless given.
            limit: Rows on the page.
            cursor: `next_cursor` or `previous_cursor` of another page.

        Raises:
            InvalidInputError: The cursor is not one of this list.
        """
        at = Cursor.decode(cursor) if cursor else None
        rows = await document_rows(
            reader.session, wanted or DocumentFilter(), limit=limit + 1, cursor=at
        )
        return page_of(rows, limit=limit, cursor=at, key=lambda row: (str(row.id),))

    async def patch(
        self, uow: UnitOfWork, document_id: UUID, patch: DocumentPatch
    ) -> Document:
        """Change what the patch names.

        Raises:
            ConflictError: The caller has read an older version.
            NotFoundError: There is none with this id, or it was deleted.
        """
        document = await self.read(uow, document_id)
        if patch.version is not None and patch.version != document.version:
            message = f"The document has version {document.version} by now."
            raise ConflictError(message, hint="Read it again, then repeat the change.")
        values = patch.model_dump(exclude_none=True, exclude={"version"})
        changed = {name for name in values if getattr(document, name) != values[name]}
        if not changed:
            return document
        for name in changed:
            setattr(document, name, values[name])
        await self._store(uow.session).flush()
        await self._tell(uow, "updated", document, frozenset(changed))
        return document

    async def delete(self, uow: UnitOfWork, document_id: UUID) -> None:
        """Mark a document as deleted.

        Raises:
            NotFoundError: There is none with this id, or it was deleted before.
        """
        document = await self.read(uow, document_id)
        document.deleted_at = self._now()
        await self._store(uow.session).flush()
        await self._tell(uow, "deleted", document, frozenset({"deleted_at"}))

    async def _tell(
        self,
        uow: UnitOfWork,
        kind: ChangeKind,
        document: Document,
        fields: frozenset[str],
    ) -> None:
        """Log the change and let the observers react in the same transaction."""
        _log.info("document changed", action=kind, document_id=str(document.id))
        change = DocumentChange(kind, document, fields)
        for observer in self._observers:
            await observer.document_changed(uow.session, change)


def _may(document: Document, visible_to: str | None, changed_by: str | None) -> bool:
    """Say whether a document exists for these actors."""
    return (
        visible_to is None or document.created_by in {visible_to, None}
    ) and changed_by in {None, document.created_by}
