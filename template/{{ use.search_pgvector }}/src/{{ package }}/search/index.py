"""The index in PostgreSQL: full text and vectors, joined by rank."""

from collections.abc import Sequence
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Float,
    Numeric,
    Select,
    Subquery,
    Text,
    case,
    delete,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    text,
    tuple_,
    union_all,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import REGCONFIG, insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..core.clock import utc_now
from ..documents.listing import conditions
from ..documents.models import Document
from .interface import Wanted
from .models import DocumentIndex
from .rows import Found, Meaning, Stale
from .words import excluded

# PostgreSQL limits the words of one row to a megabyte.
_INDEXED_CHARACTERS: Final = 200_000
# PostgreSQL reads a run such as a_a_a_ anew from each of its parts: 40,000 characters
# without a space take it 14 seconds.
_LONG_RUN: Final = r"(\S{100})(?=\S)"
# The constant of reciprocal rank fusion: the usual 60 keeps one half from ruling.
_FUSION: Final = 60
START, STOP = "\x02", "\x03"
_COLUMNS: Final = (
    "document_id",
    "words",
    "language",
    "checksum",
    "embedding",
    "model",
    "indexed_at",
)
_HEADLINE: Final = (
    f"StartSel={START}, StopSel={STOP}, MaxWords=30, MinWords=10, MaxFragments=2"
)


class PgVectorIndex:
    """Keeps words and vectors beside the documents, in the same transactions."""

    def __init__(self, *, language: str, candidates: int, max_distance: float) -> None:
        """Take the settings that shape statements; see `SearchSettings`."""
        self._language = language
        self._candidates = candidates
        self._max_distance = max_distance

    async def put(
        self,
        session: AsyncSession,
        document_id: UUID,
        meaning: Meaning | None = None,
    ) -> None:
        """Index a document; without a meaning the old one stays if it still fits."""
        row = select(
            Document.id,
            _words(self._language),
            literal(self._language),
            _checksum(),
            literal(meaning.vector if meaning else None, DocumentIndex.embedding.type),
            literal(meaning.model if meaning else None, Text()),
            literal(utc_now()),
        ).where(Document.id == document_id)
        statement = insert(DocumentIndex).from_select(_COLUMNS, row)
        new = statement.excluded
        values: dict[str, ColumnElement[Any]] = {
            name: new[name] for name in _COLUMNS[1:]
        }
        if meaning is None:
            same = DocumentIndex.checksum == new.checksum
            for name in ("embedding", "model"):
                values[name] = case((same, getattr(DocumentIndex, name)), else_=None)
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=[DocumentIndex.document_id], set_=values
            )
        )

    async def set_meaning(
        self, session: AsyncSession, item: Stale, meaning: Meaning
    ) -> bool:
        """Store an embedding unless the document has changed since it was read."""
        statement = (
            update(DocumentIndex)
            .where(
                DocumentIndex.document_id == item.id,
                DocumentIndex.checksum == item.checksum,
            )
            .values(embedding=meaning.vector, model=meaning.model, indexed_at=utc_now())
            .returning(DocumentIndex.document_id)
        )
        return (await session.scalar(statement)) is not None

    async def remove(self, session: AsyncSession, document_id: UUID) -> None:
        """Forget a document."""
        await session.execute(
            delete(DocumentIndex).where(DocumentIndex.document_id == document_id)
        )

    async def find(self, session: AsyncSession, wanted: Wanted) -> Sequence[Found]:
        """Return the best hits of both halves in one statement, best first."""
        await session.execute(
            text(
                "SELECT set_config('hnsw.iterative_scan', 'strict_order', true),"
                " set_config('hnsw.ef_search', :candidates, true)"
            ),
            {"candidates": str(self._candidates)},
        )
        result = await session.execute(self._statement(wanted))
        return cast("Sequence[Found]", result.all())

    async def stale(
        self, session: AsyncSession, model: str, *, limit: int
    ) -> Sequence[Stale]:
        """Return documents that wait for an embedding of this model."""
        columns = (Document.id, Document.title, Document.text, DocumentIndex.checksum)
        statement = _indexed(select(*columns), _of_other_model(model))
        result = await session.execute(statement.order_by(Document.id).limit(limit))
        return cast("Sequence[Stale]", result.all())

    async def missing(self, session: AsyncSession, *, limit: int) -> Sequence[UUID]:
        """Return documents without a row, or with words of another language."""
        statement = _indexed(select(Document.id), self._without_words(), outer=True)
        return (
            await session.scalars(statement.order_by(Document.id).limit(limit))
        ).all()

    async def lag(self, session: AsyncSession, model: str) -> tuple[int, int]:
        """Count the documents without words and those without this embedding."""
        counted = select(func.count())
        missing = _indexed(
            counted.select_from(Document), self._without_words(), outer=True
        )
        stale = _indexed(counted.select_from(Document), _of_other_model(model))
        return (
            await session.scalar(missing) or 0,
            await session.scalar(stale) or 0,
        )

    def _without_words(self) -> ColumnElement[bool]:
        return or_(
            DocumentIndex.document_id.is_(None),
            DocumentIndex.language != self._language,
        )

    def _statement(self, wanted: Wanted) -> Select[*tuple[Any, ...]]:
        """Join both halves by reciprocal rank and cut out one page."""
        query = func.websearch_to_tsquery(_config(self._language), wanted.words)
        halves = union_all(
            select(self._by_words(query, wanted)),
            select(self._by_meaning(wanted)),
        ).subquery()
        share = sql_cast(1, Numeric()) / (_FUSION + halves.c.place)
        score = func.round(func.sum(share), 12)
        fused = (
            select(halves.c.document_id.label("id"), score.label("score"))
            .group_by(halves.c.document_id)
            .subquery()
        )
        snippet = func.ts_headline(
            _config(self._language), _beginning(Document.text), query, _HEADLINE
        )
        statement: Select[*tuple[Any, ...]] = select(
            Document.id,
            Document.source,
            Document.title,
            Document.status,
            snippet.label("snippet"),
            fused.c.score,
        ).join(fused, fused.c.id == Document.id)
        if wanted.after is not None:
            edge = tuple_(*wanted.after, types=[Numeric(), Document.id.type])
            statement = statement.where(tuple_(fused.c.score, Document.id) < edge)
        best_first = (fused.c.score.desc(), Document.id.desc())
        return statement.order_by(*best_first).limit(wanted.limit)

    def _by_words(self, query: ColumnElement[Any], wanted: Wanted) -> Subquery:
        rank = func.ts_rank_cd(DocumentIndex.words, query)
        order = (rank.desc(), DocumentIndex.document_id.desc())
        return (
            select(
                DocumentIndex.document_id,
                func.row_number().over(order_by=order).label("place"),
            )
            .join(Document, Document.id == DocumentIndex.document_id)
            .where(DocumentIndex.words.op("@@")(query), *conditions(wanted.only))
            .order_by(*order)
            .limit(self._candidates)
            .subquery()
        )

    def _by_meaning(self, wanted: Wanted) -> Subquery:
        # Only this order lets PostgreSQL walk the HNSW index; ranks are given outside.
        distance = DocumentIndex.embedding.op("<=>", return_type=Float())(
            wanted.meaning.vector
        )
        fits = [DocumentIndex.model == wanted.meaning.model]
        if unwanted := excluded(wanted.words):
            query = func.websearch_to_tsquery(_config(self._language), unwanted)
            fits.append(not_(DocumentIndex.words.bool_op("@@")(query)))
        nearest = (
            select(DocumentIndex.document_id, distance.label("distance"))
            .join(Document, Document.id == DocumentIndex.document_id)
            .where(*fits, *conditions(wanted.only))
            .order_by(distance)
            .limit(self._candidates)
            .subquery()
        )
        order = (nearest.c.distance, nearest.c.document_id.desc())
        return (
            select(
                nearest.c.document_id,
                func.row_number().over(order_by=order).label("place"),
            )
            .where(nearest.c.distance < self._max_distance)
            .subquery()
        )


def _indexed[*Row](
    statement: Select[*Row], condition: ColumnElement[bool], *, outer: bool = False
) -> Select[*Row]:
    """Join living documents with their rows of the index."""
    same = DocumentIndex.document_id == Document.id
    joined = statement.join(DocumentIndex, same, isouter=outer)
    return joined.where(Document.deleted_at.is_(None), condition)


def _of_other_model(model: str) -> ColumnElement[bool]:
    return DocumentIndex.model.is_distinct_from(model)


def _config(language: str) -> ColumnElement[Any]:
    return sql_cast(literal(language, Text()), REGCONFIG())


def _beginning(column: Any) -> ColumnElement[str]:  # noqa: ANN401 - a mapped attribute
    """Return what is read of a text, with a space in what is longer than any word."""
    beginning = func.left(column, _INDEXED_CHARACTERS)
    return func.regexp_replace(beginning, _LONG_RUN, r"\1 ", "g")


def _words(language: str) -> ColumnElement[Any]:
    """Title before text: `A` outranks `B`."""
    config = _config(language)
    title = func.to_tsvector(config, Document.title)
    body = func.to_tsvector(config, _beginning(Document.text))
    heavy = func.setweight(title, literal_column("'A'"))
    return heavy.op("||")(func.setweight(body, literal_column("'B'")))


def _checksum() -> ColumnElement[str]:
    both = Document.title + "\n" + Document.text
    return func.encode(func.sha256(func.convert_to(both, "UTF8")), "hex")
