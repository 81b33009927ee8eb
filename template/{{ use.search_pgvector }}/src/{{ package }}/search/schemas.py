"""What goes into and comes out of a search."""

from typing import NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class SearchHit(NamedTuple):
    """A document that was found.

    Attributes:
        id: The document.
        source: Address or name of the origin.
        title: Its heading.
        status: How far it has been processed.
        snippet: HTML: where its text fits the words, these in `<mark>`.
        score: Reciprocal ranks of both halves, added up; only good for comparing.
    """

    id: UUID
    source: str
    title: str
    status: str
    snippet: str
    score: float


class SearchResult(BaseModel):
    """A hit as the API documents it; see `SearchHit`."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    source: str = Field(examples=["https://example.com/reports/7"])
    title: str = Field(examples=["Annual report"])
    status: str = Field(examples=["ready"])
    snippet: str = Field(examples=["the <mark>annual</mark> figures"])
    score: float = Field(examples=[0.0328])
