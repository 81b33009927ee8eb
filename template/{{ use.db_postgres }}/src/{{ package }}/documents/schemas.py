"""What goes into and comes out of the documents (S1 §6.1)."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from .models import DocumentStatus

# PostgreSQL's text takes every character but this one.
_NO_NUL: Final = r"^[^\x00]*$"
_EXAMPLE: Final[JsonDict] = {
    "source": "https://www.rfc-editor.org/rfc/rfc9457",
    "title": "Problem Details for HTTP APIs",
    "text": "This document defines a problem detail…",
}
_EXAMPLE_READ: Final[JsonDict] = {
    "id": "0197a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b",
    "source": _EXAMPLE["source"],
    "title": _EXAMPLE["title"],
    "status": "new",
    "version": 1,
    "created_at": "2026-01-05T09:30:00Z",
    "updated_at": "2026-01-05T09:30:00Z",
}

type Source = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=2048, pattern=_NO_NUL
    ),
]
type Title = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=500, pattern=_NO_NUL
    ),
]
type Text = Annotated[str, StringConstraints(max_length=1_000_000, pattern=_NO_NUL)]


class DocumentCreate(BaseModel):
    """A new document.

    Attributes:
        source: Address or name of the origin, up to 2,048 characters.
        title: Heading for lists, up to 500 characters.
        text: The whole text, up to a million characters.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [_EXAMPLE]}
    )

    source: Source
    title: Title
    text: Text = ""


class DocumentPatch(BaseModel):
    """What shall change; what is left out stays.

    Attributes:
        source: Address or name of the origin.
        title: Heading for lists.
        text: The whole text.
        status: How far it has been processed.
        version: The version that the caller has read; a newer one refuses the change.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"title": "Problem Details", "version": 1}]},
    )

    source: Source | None = None
    title: Title | None = None
    text: Text | None = None
    status: DocumentStatus | None = None
    version: Annotated[int, Field(ge=1)] | None = None


class DocumentSummary(BaseModel):
    """A document as a list shows it: everything but its text.

    Attributes:
        id: UUIDv7.
        source: Address or name of the origin.
        title: Heading for lists.
        status: How far it has been processed.
        version: Grows with every change.
        created_at: When it was made, UTC.
        updated_at: When it was last changed, UTC.
    """

    model_config = ConfigDict(
        from_attributes=True,
        frozen=True,
        json_schema_extra={"examples": [_EXAMPLE_READ]},
    )

    id: UUID
    source: str
    title: str
    status: DocumentStatus
    version: int
    created_at: datetime
    updated_at: datetime


class DocumentRead(DocumentSummary):
    """A document as its readers see it.

    Attributes:
        text: The whole text.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [_EXAMPLE_READ | {"text": _EXAMPLE["text"]}]},
    )

    text: str
