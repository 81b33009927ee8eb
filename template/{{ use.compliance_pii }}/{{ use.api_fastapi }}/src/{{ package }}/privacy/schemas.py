"""What goes into and comes out of the API of personal data."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from .models import ConsentState

# PostgreSQL's text takes every character but this one.
_NO_NUL: Final = r"^[^\x00]*$"

type Line = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=500, pattern=_NO_NUL
    ),
]


class PersonCreate(BaseModel):
    """A new person.

    Attributes:
        name: As the person writes it.
        contact: How the person is reached.
        account: Id of the account through which the person signs in.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Line
    contact: Line | None = None
    account: UUID | None = None


class ConsentCreate(BaseModel):
    """What a person said about one purpose.

    Attributes:
        purpose: What for.
        version: Of the text that the person read.
        state: given or withdrawn.
        source: Where it was said.
        proof: What shows it, such as a digest or a reference.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    purpose: Line
    version: Line
    state: ConsentState
    source: Line
    proof: Line | None = None


class ConsentRead(ConsentCreate):
    """The same as it was recorded.

    Attributes:
        id: UUIDv7.
        at: When, UTC.
    """

    model_config = ConfigDict(from_attributes=True, frozen=True, extra="ignore")

    id: UUID
    at: datetime
