"""The search index: one row for each living document."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from ..db.base import Base
from .vector import Vector

# A column has a fixed size: another one is a migration and a new embedding of all.
DIMENSIONS: Final = 384


class DocumentIndex(Base):
    """What a document is found by.

    Attributes:
        document_id: The document; its row here goes with it.
        words: Stemmed words of title (weight A) and text (weight B).
        language: Text search configuration that made the words.
        checksum: SHA-256 of title and text at that time.
        embedding: Meaning of title and text; nothing until it has been computed.
        model: What computed the embedding; vectors of two models cannot be compared.
        indexed_at: When the row was last written, UTC.
    """

    __tablename__ = "document_search"
    __table_args__ = (
        Index("ix_document_search_words", "words", postgresql_using="gin"),
        Index(
            "ix_document_search_embedding",
            "embedding",
            postgresql_using="hnsw",
            postgresql_ops={"embedding": "vector_cosine_ops"},
            postgresql_with={"m": 16, "ef_construction": 64},
        ),
        Index("ix_document_search_model", "model"),
        {"info": {"kept": "as long as their document"}},
    )

    document_id: Mapped[UUID] = mapped_column(
        ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True
    )
    words: Mapped[str] = mapped_column(TSVECTOR)
    language: Mapped[str]
    checksum: Mapped[str]
    embedding: Mapped[Sequence[float] | None] = mapped_column(Vector(DIMENSIONS))
    model: Mapped[str | None]
    indexed_at: Mapped[datetime]
