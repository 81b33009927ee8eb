"""What can be done with the search."""

import html
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from time import perf_counter
from typing import Final
from uuid import UUID

from prometheus_client import Histogram
from sqlalchemy.ext.asyncio import AsyncSession

from ..core.errors import InvalidInputError
from ..core.metrics import REGISTRY
from ..core.pagination import Cursor, Page, page_of
from ..db.database import Database
from ..documents.listing import DocumentFilter
from ..documents.observers import DocumentChange
from .embeddings import Embedder
from .index import START, STOP
from .interface import SearchIndex, Wanted
from .rows import Found, Meaning
from .schemas import SearchHit
from .words import meant

SEARCH_SECONDS: Final = Histogram(
    "search_duration_seconds",
    "Time of one search, embedding of the query included",
    registry=REGISTRY,
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5),
)
_EMBEDDED_CHARACTERS: Final = 8_000
_PARTS: Final = 2


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an indexing run has come.

    Attributes:
        indexed: Documents whose words were written.
        embedded: Documents whose embedding was written.
    """

    indexed: int = 0
    embedded: int = 0


@dataclass(frozen=True, slots=True)
class Lag:
    """What the index still has to do.

    Attributes:
        missing: Documents whose words are not indexed.
        stale: Documents without an embedding of the present model.
    """

    missing: int
    stale: int


class SearchService:
    """Keeps the index up to date and answers searches."""

    def __init__(self, index: SearchIndex, embedder: Embedder) -> None:
        """Take the index and the model; both can be replaced."""
        self._index = index
        self._embedder = embedder

    async def search(
        self,
        database: Database,
        words: str,
        only: DocumentFilter | None = None,
        *,
        limit: int = 20,
        cursor: str | None = None,
    ) -> Page[SearchHit]:
        """Find documents by words and meaning, best first.

        Pages lead forward only, and end with the candidates that each half ranks. No
        connection waits while the embedding is computed.

        Args:
            database: Where the documents are.
            words: Words, "phrases", -exclusions and OR, as web searches know them.
            only: Which documents may be found; all unless given.
            limit: Hits on the page.
            cursor: `next_cursor` of the page before.

        Raises:
            InvalidInputError: The cursor is not one of this list, or nothing is asked.
            UnavailableError: The embeddings API does not answer.
        """
        if not words.strip():
            message = "The search is empty."
            raise InvalidInputError(message, hint="Give at least one word.")
        after = _edge(cursor)
        began = perf_counter()
        wanted = Wanted(
            words=words,
            meaning=(await self._meanings([meant(words)]))[0],
            only=only or DocumentFilter(),
            limit=limit + 1,
            after=after,
        )
        async with database.unit_of_work() as uow:
            found = await self._index.find(uow.session, wanted)
        SEARCH_SECONDS.observe(perf_counter() - began)
        page = page_of(found, limit=limit, cursor=None, key=_key)
        hits = [_hit(row) for row in page.items]
        return Page(hits, page.next_cursor)

    async def document_changed(
        self, session: AsyncSession, change: DocumentChange
    ) -> None:
        """Follow a change in its own transaction, so that the index never lags.

        An embedding that costs a call to another service is left to `catch_up`.
        """
        document = change.document
        if change.kind == "deleted":
            await self._index.remove(session, document.id)
            return
        if change.kind == "updated" and change.fields.isdisjoint({"title", "text"}):
            return
        meaning = None
        if self._embedder.immediate:
            texts = [_meaningful(document.title, document.text)]
            meaning = (await self._meanings(texts))[0]
        await self._index.put(session, document.id, meaning)

    async def catch_up(
        self, database: Database, *, batch: int
    ) -> AsyncGenerator[Progress]:
        """Index what is missing, then embed what is stale; batch by batch.

        Each batch is committed, so that an interrupted run goes on where it was. No
        transaction is open while the embeddings are computed. A dry run, which keeps
        nothing, ends after one batch of each.

        Args:
            database: Where the documents are.
            batch: Documents in one step.

        Yields:
            The sums so far, after each step.

        Raises:
            UnavailableError: The embeddings API does not answer.
        """
        done = Progress()
        while ids := await self._index_missing(database, batch):
            done = Progress(done.indexed + ids, done.embedded)
            yield done
            if database.dry_run:
                break
        while count := await self._embed_stale(database, batch):
            done = Progress(done.indexed, done.embedded + count)
            yield done
            if database.dry_run:
                break

    async def lag(self, database: Database) -> Lag:
        """Count what `catch_up` would do.

        Args:
            database: Where the documents are.
        """
        async with database.unit_of_work() as uow:
            missing, stale = await self._index.lag(uow.session, self._embedder.model)
        return Lag(missing, stale)

    async def _index_missing(self, database: Database, batch: int) -> int:
        async with database.unit_of_work() as uow:
            ids = await self._index.missing(uow.session, limit=batch)
            for document_id in ids:
                await self._index.put(uow.session, document_id)
        return len(ids)

    async def _embed_stale(self, database: Database, batch: int) -> int:
        async with database.unit_of_work() as uow:
            items = await self._index.stale(
                uow.session, self._embedder.model, limit=batch
            )
        meanings = await self._meanings(
            [_meaningful(item.title, item.text) for item in items]
        )
        async with database.unit_of_work() as uow:
            for item, meaning in zip(items, meanings, strict=True):
                await self._index.set_meaning(uow.session, item, meaning)
        return len(items)

    async def _meanings(self, texts: Sequence[str]) -> list[Meaning]:
        if not texts:
            return []
        model = self._embedder.model
        return [Meaning(vector, model) for vector in await self._embedder.embed(texts)]


def _meaningful(title: str, text: str) -> str:
    """Give the model the beginning: it says what a document is about."""
    return f"{title}\n{text[:_EMBEDDED_CHARACTERS]}"


def _key(row: Found) -> tuple[str, ...]:
    return str(row.score), str(row.id)


def _edge(cursor: str | None) -> tuple[Decimal, UUID] | None:
    if cursor is None:
        return None
    score, document_id = Cursor.decode(cursor, parts=_PARTS).key
    try:
        return Decimal(score), UUID(document_id)
    except (InvalidOperation, ValueError):
        message = "The cursor is not one of this search."
        raise InvalidInputError(message) from None


def _hit(row: Found) -> SearchHit:
    """Escape the snippet before it gets its marks: texts come from outside."""
    snippet = html.escape(row.snippet)
    snippet = snippet.replace(START, "<mark>").replace(STOP, "</mark>")
    return SearchHit(
        row.id, row.source, row.title, row.status, snippet, float(row.score)
    )
