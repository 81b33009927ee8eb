"""What the search asks of an index, whatever engine keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ..documents.listing import DocumentFilter
from .rows import Found, Meaning, Stale


@dataclass(frozen=True, slots=True)
class Wanted:
    """One search.

    Attributes:
        words: What the user typed: words, "phrases", -exclusions and OR.
        meaning: The embedding of the same text; only its model's vectors are compared.
        only: Which documents may be found.
        limit: At most so many hits.
        after: Score and id of the hit to go on from.
    """

    words: str
    meaning: Meaning
    only: DocumentFilter
    limit: int
    after: tuple[Decimal, UUID] | None = None


class SearchIndex(Protocol):
    """What the search needs of an index, whatever engine keeps it."""

    async def put(
        self,
        session: AsyncSession,
        document_id: UUID,
        meaning: Meaning | None = None,
    ) -> None:
        """Index a document as it is in this transaction."""
        ...

    async def set_meaning(
        self, session: AsyncSession, item: Stale, meaning: Meaning
    ) -> bool:
        """Store an embedding unless the document has changed since it was read."""
        ...

    async def remove(self, session: AsyncSession, document_id: UUID) -> None:
        """Forget a document."""
        ...

    async def find(self, session: AsyncSession, wanted: Wanted) -> Sequence[Found]:
        """Return the best hits, best first."""
        ...

    async def stale(
        self, session: AsyncSession, model: str, *, limit: int
    ) -> Sequence[Stale]:
        """Return documents that wait for an embedding of this model."""
        ...

    async def missing(self, session: AsyncSession, *, limit: int) -> Sequence[UUID]:
        """Return documents whose words are not indexed."""
        ...

    async def lag(self, session: AsyncSession, model: str) -> tuple[int, int]:
        """Count the documents without words and those without this embedding."""
        ...
