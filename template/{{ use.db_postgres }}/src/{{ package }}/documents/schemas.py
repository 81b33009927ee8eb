"""What goes into and comes out of the documents (S1 §6.1)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from .models import DocumentStatus

type Source = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2048)
]
type Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)
]
type Text = Annotated[str, StringConstraints(max_length=1_000_000)]


class DocumentCreate(BaseModel):
    """A new document.

    Attributes:
        source: Address or name of the origin, up to 2,048 characters.
        title: Heading for lists, up to 500 characters.
        text: The whole text, up to a million characters.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

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

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: Source | None = None
    title: Title | None = None
    text: Text | None = None
    status: DocumentStatus | None = None
    version: Annotated[int, Field(ge=1)] | None = None


class DocumentRead(BaseModel):
    """A document as its readers see it.

    Attributes:
        id: UUIDv7.
        source: Address or name of the origin.
        title: Heading for lists.
        text: The whole text.
        status: How far it has been processed.
        version: Grows with every change.
        created_at: When it was made, UTC.
        updated_at: When it was last changed, UTC.
    """

    model_config = ConfigDict(from_attributes=True, frozen=True)

    id: UUID
    source: str
    title: str
    text: str
    status: DocumentStatus
    version: int
    created_at: datetime
    updated_at: datetime
