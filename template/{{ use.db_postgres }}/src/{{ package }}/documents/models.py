"""The table of documents."""

from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ..db.base import Audited, Base, SoftDeleted


class DocumentStatus(StrEnum):
    """How far a document has come."""

    NEW = "new"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


_ALIVE: Final = text("deleted_at IS NULL")
_STATUSES: Final = ", ".join(f"'{status}'" for status in DocumentStatus)


class Document(Audited, SoftDeleted, Base):
    """A text and where it came from.

    Attributes:
        source: Address or name of the origin.
        title: Heading for lists.
        text: The whole text.
        status: How far it has been processed.
        version: Grows with every change, so that two editors notice each other.
    """

    __tablename__ = "documents"
    __table_args__ = (
        CheckConstraint(f"status IN ({_STATUSES})", name="status_known"),
        CheckConstraint("length(title) BETWEEN 1 AND 500", name="title_length"),
        CheckConstraint("length(source) BETWEEN 1 AND 2048", name="source_length"),
        # The list, newest first, whole or of one status or source.
        Index("ix_documents_alive", "id", postgresql_where=_ALIVE),
        Index("ix_documents_status_id", "status", "id", postgresql_where=_ALIVE),
        Index("ix_documents_source_id", "source", "id", postgresql_where=_ALIVE),
        {"info": {"kept": "until they are deleted, then marked as deleted"}},
    )

    source: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]
    status: Mapped[str] = mapped_column(default=DocumentStatus.NEW)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - declared so
