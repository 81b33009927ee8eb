"""Persons and what is about them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..core.errors import NotFoundError
from ..documents.models import Document
from .errors import SharedDocumentsError
from .holders import Subject
from .models import PERSON_DOCUMENTS, Person


async def add(
    session: AsyncSession,
    name: str,
    *,
    contact: str | None = None,
    account: UUID | None = None,
) -> Person:
    """Add a person (KVKK art. 10).

    Args:
        session: The caller's transaction.
        name: As the person writes it.
        contact: How the person is reached.
        account: Through which the person signs in.
    """
    person = Person(name=name, contact=contact, account=account)
    session.add(person)
    await session.flush()
    return person


async def get(session: AsyncSession, person_id: UUID) -> Person:
    """Return a person, locked until the end of the transaction.

    Raises:
        NotFoundError: There is none with this id.
    """
    person = await session.get(Person, person_id, with_for_update=True)
    if person is None:
        message = f"There is no person {person_id}."
        raise NotFoundError(message)
    return person


async def find(session: AsyncSession, words: str) -> Sequence[Person]:
    """Find persons by a part of their name or contact, or by a document about them."""
    like = f"%{words.strip()}%"
    found = await session.scalars(
        select(Person)
        .where(or_(Person.name.ilike(like), Person.contact.ilike(like)))
        .order_by(Person.id)
        .limit(100)
    )
    return found.all()


async def link(session: AsyncSession, person_id: UUID, document_id: UUID) -> None:
    """Say that a document is about a person; again does nothing.

    Raises:
        NotFoundError: There is no such person or document.
    """
    await get(session, person_id)
    if await session.get(Document, document_id) is None:
        message = f"There is no document {document_id}."
        raise NotFoundError(message)
    await session.execute(
        insert(PERSON_DOCUMENTS)
        .values(person_id=person_id, document_id=document_id)
        .on_conflict_do_nothing()
    )


async def unlink(session: AsyncSession, person_id: UUID, document_id: UUID) -> None:
    """Say that a document is not about a person after all.

    Raises:
        NotFoundError: There is no such person.
    """
    await get(session, person_id)
    links = PERSON_DOCUMENTS
    await session.execute(
        links.delete().where(
            links.c.person_id == person_id, links.c.document_id == document_id
        )
    )


async def subject_of(session: AsyncSession, person_id: UUID) -> Subject:
    """Gather what identifies a person everywhere.

    Raises:
        NotFoundError: There is none with this id.
    """
    person = await get(session, person_id)
    documents = await session.scalars(
        select(PERSON_DOCUMENTS.c.document_id).where(
            PERSON_DOCUMENTS.c.person_id == person_id
        )
    )
    return Subject(
        persons=frozenset({person_id}),
        documents=frozenset(documents),
        accounts=frozenset(one for one in (person.account,) if one),
        needles=frozenset(one for one in (person.name, person.contact) if one),
    )


async def refuse_shared(session: AsyncSession, subject: Subject) -> None:
    """Refuse when a document is about somebody else too.

    Raises:
        SharedDocumentsError: It names them.
    """
    links = PERSON_DOCUMENTS
    shared = await session.scalars(
        select(links.c.document_id)
        .where(
            links.c.document_id.in_(subject.documents),
            links.c.person_id.not_in(subject.persons),
        )
        .distinct()
        .order_by(links.c.document_id)
    )
    if names := [str(one) for one in shared]:
        message = f"Also about somebody else: {', '.join(names)}."
        hint = (
            "Remove this person from their text and `privacy unlink` them, or delete "
            "them for all with --shared."
        )
        raise SharedDocumentsError(message, hint=hint)
