"""What goes into the documents."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ..models import DocumentStatus
from .fields import EXAMPLE, Source, Text, Title


class DocumentCreate(BaseModel):
    """A new document.

    Attributes:
        source: Address or name of the origin, up to 2,048 characters.
        title: Heading for lists, up to 500 characters.
        text: The whole text, up to a million characters.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [EXAMPLE]}
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
