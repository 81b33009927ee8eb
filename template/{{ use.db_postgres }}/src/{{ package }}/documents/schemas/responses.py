"""What comes out of the documents."""

from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from ..models import DocumentStatus
from .fields import EXAMPLE

_EXAMPLE_READ: Final[JsonDict] = {
    "id": "0197a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b",
    "source": EXAMPLE["source"],
    "title": EXAMPLE["title"],
    "status": "new",
    "version": 1,
    "created_at": "2026-01-05T09:30:00Z",
    "updated_at": "2026-01-05T09:30:00Z",
}


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
        json_schema_extra={"examples": [_EXAMPLE_READ | {"text": EXAMPLE["text"]}]},
    )

    text: str
