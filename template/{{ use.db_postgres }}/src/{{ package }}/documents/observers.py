"""How other parts hear of a change without the documents knowing them."""

from dataclasses import dataclass
from typing import Literal, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from .models import Document

type ChangeKind = Literal["created", "updated", "deleted"]


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """One change of one document.

    Attributes:
        kind: created, updated or deleted.
        document: As it is after the change.
        fields: Names of the columns that an update changed.
    """

    kind: ChangeKind
    document: Document
    fields: frozenset[str] = frozenset()


class DocumentObserver(Protocol):
    """Somebody who reacts to changes."""

    async def document_changed(
        self, session: AsyncSession, change: DocumentChange
    ) -> None:
        """React inside the transaction of the change; an error undoes both."""
        ...
