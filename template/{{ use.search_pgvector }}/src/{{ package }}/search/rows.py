"""What passes between the search and its index."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID


class Meaning(NamedTuple):
    """An embedding and the model that computed it."""

    vector: Sequence[float]
    model: str


class Found(NamedTuple):
    """A hit as the index returns it; the snippet still carries its marks."""

    id: UUID
    source: str
    title: str
    status: str
    snippet: str
    score: Decimal


class Stale(NamedTuple):
    """A document whose embedding is missing, old, or of another model."""

    id: UUID
    title: str
    text: str
    checksum: str
