"""Persons, what is about them, what they agreed to, and the traces of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ..core.clock import utc_now
from ..core.ids import new_id
from ..db.base import Audited, Base, append_only

type JsonObject = dict[str, Any]

_P1: Final = {"data_class": "P1"}
_P2: Final = {"data_class": "P2"}


class ConsentState(StrEnum):
    """What a person said."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"


_STATES: Final = ", ".join(f"'{state}'" for state in ConsentState)


class Person(Audited, Base):
    """Somebody whose data is kept: the data subject.

    Attributes:
        name: As the person writes it.
        contact: How the person is reached, such as an e-mail address.
        account: Id of the account through which the person signs in, if any.
    """

    __tablename__ = "persons"
    __table_args__ = ({"info": {"kept": "until they are erased"}},)

    name: Mapped[str] = mapped_column(info=_P1)
    contact: Mapped[str | None] = mapped_column(default=None, info=_P1)
    account: Mapped[UUID | None] = mapped_column(default=None, info=_P2, unique=True)

    def __repr__(self) -> str:
        """Show the identifier alone."""
        return f"<Person {self.id}>"


PERSON_DOCUMENTS: Final = Table(
    "person_documents",
    Base.metadata,
    Column[UUID](
        "person_id",
        ForeignKey("persons.id", ondelete="CASCADE"),
        primary_key=True,
        info=_P2,
    ),
    Column[UUID](
        "document_id",
        ForeignKey("documents.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
        info=_P2,
    ),
    info={
        "purpose": "Which documents are about whom.",
        "kept": "as long as the person and the document",
    },
)
"""Which documents are about whom."""


class Consent(Base):
    """One statement of a person about one purpose; a later one replaces it.

    Attributes:
        id: UUIDv7.
        person_id: Who said it.
        purpose: What for, such as `newsletter`.
        version: Of the text that the person read.
        state: given or withdrawn.
        source: Where it was said, such as `sign-up form`.
        proof: What shows it, such as the digest of the text or a reference.
        at: When, UTC.
    """

    __tablename__ = "consents"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state_known"),
        Index("ix_consents_person_id_purpose", "person_id", "purpose", "id"),
        {"info": {"kept": "as long as their person"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("persons.id", ondelete="CASCADE"), info=_P2
    )
    purpose: Mapped[str] = mapped_column(info=_P2)
    version: Mapped[str] = mapped_column(info=_P2)
    state: Mapped[str] = mapped_column(info=_P2)
    source: Mapped[str] = mapped_column(info=_P2)
    proof: Mapped[str | None] = mapped_column(default=None, info=_P1)
    at: Mapped[datetime] = mapped_column(default=utc_now, info=_P2)


PRIVACY_EVENTS: Final = Table(
    "privacy_events",
    Base.metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False, info=_P2),
    Column("body", JSONB, nullable=False, info=_P2),
    Column("seal", LargeBinary, nullable=False, info=_P2),
    info={
        "purpose": "The trail of what was done to personal data.",
        "kept": "for good; nobody may delete them",
        **append_only(),
    },
)
"""The trail: what was done, and the digest over it and over the seal before it."""

ERASURES: Final = Table(
    "privacy_erasures",
    Base.metadata,
    Column("digest", LargeBinary, primary_key=True, info=_P2),
    Column("kind", Text, nullable=False, info=_P2),
    Column("erased_at", DateTime(timezone=True), nullable=False, info=_P2),
    info={
        "purpose": "What was erased, so that a restored backup loses it again.",
        "kept": "for good",
        **append_only(),
    },
)
"""What was erased, by keyed digests: enough to recognise it, not to name it."""
