"""Documents are prepared in the background, once for each version."""

import contextlib
import unicodedata
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from ..core.errors import ConflictError, NotFoundError, UnavailableError
from ..db.unit_of_work import UnitOfWork
from ..documents.models import Document, DocumentStatus
from ..documents.observers import DocumentChange
from ..documents.schemas import DocumentPatch
from ..tasks.context import TaskContext
from ..tasks.queue import TaskQueue
from ..tasks.registry import task

if TYPE_CHECKING:
    from ..bootstrap import Container
    from ..tasks.models import Task


class ProcessInput(BaseModel):
    """Which document is prepared."""

    document_id: UUID


class ProcessResult(BaseModel):
    """What became of it.

    Attributes:
        characters: Length of its text now; 0 when it was deleted meanwhile.
    """

    characters: int


async def _mark_failed(
    container: "Container", uow: UnitOfWork, payload: ProcessInput
) -> None:
    """Show that a document will not become ready; one that is gone stays so."""
    with contextlib.suppress(NotFoundError):
        patch = DocumentPatch(status=DocumentStatus.FAILED)
        await container.documents.patch(uow, payload.document_id, patch)


@task("documents.process", ProcessInput, given_up=_mark_failed)
async def process_document(
    context: TaskContext, payload: ProcessInput
) -> ProcessResult:
    """Normalise a document's text and mark it as ready; a second run does nothing.

    Raises:
        UnavailableError: Somebody has changed it meanwhile: the next try takes the new
            version.
    """
    try:
        return await _process(context, payload.document_id)
    except ConflictError as error:
        message = "The document was changed meanwhile."
        raise UnavailableError(message) from error


async def _process(context: TaskContext, document_id: UUID) -> ProcessResult:
    container = context.container
    async with container.database.unit_of_work() as uow:
        try:
            document = await container.documents.read(uow, document_id)
        except NotFoundError:
            return ProcessResult(characters=0)
        text = normalise(document.text)
        patch = DocumentPatch(text=text, status=DocumentStatus.READY)
        await container.documents.patch(uow, document.id, patch)
        result = ProcessResult(characters=len(text))
        await context.finish(uow.session, result)
    return result


def normalise(text: str) -> str:
    """Give equal texts equal characters: composed, without stray blanks or controls.

    Args:
        text: As it came in.

    Returns:
        Lines without blanks at their ends, at most one empty line in a row.
    """
    composed = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    kept = "".join(char for char in composed if char in "\n\t" or char.isprintable())
    lines: list[str] = []
    for line in kept.split("\n"):
        bare = line.rstrip()
        if bare or (lines and lines[-1]):
            lines.append(bare)
    return "\n".join(lines).strip("\n")


class DocumentProcessor:
    """Queues the preparation in the transaction of the change itself."""

    def __init__(self, tasks: TaskQueue) -> None:
        """Take the queue."""
        self._tasks = tasks

    async def document_changed(
        self, session: AsyncSession, change: DocumentChange
    ) -> None:
        """React to new and changed texts, but not to what preparing them changes."""
        if change.kind == "deleted":
            return
        if change.kind == "updated" and (
            "text" not in change.fields or "status" in change.fields
        ):
            return
        await self.queue(session, change.document)

    async def queue(self, session: AsyncSession, document: Document) -> "Task":
        """Queue the preparation of this version; a second call returns the same task.

        Args:
            session: The caller's transaction.
            document: The document as it is there.
        """
        return await self._tasks.enqueue(
            session,
            process_document,
            ProcessInput(document_id=document.id),
            idempotency_key=f"{document.id}:{document.version}",
        )
