"""What the documents and this part itself hold about a person."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Table, inspect, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..db.base import Base
from ..db.models import METADATA
from ..documents.models import Document
from .holders import Record, Rows, Subject
from .models import PERSON_DOCUMENTS, Consent, Person

ERASED: Final = "erased"
"""Stands where an erased account's id was: nobody has it, so nobody may see the row."""


@dataclass(frozen=True, slots=True)
class Left:
    """Rows that an export shows and an erasure leaves to others.

    Attributes:
        rows: They.
    """

    rows: Rows

    @property
    def section(self) -> str:
        """Name of their part of an export."""
        return self.rows.section

    def export(self, session: AsyncSession, subject: Subject) -> AsyncGenerator[Record]:
        """Give the rows."""
        return self.rows.export(session, subject)

    async def erase(self, session: AsyncSession, subject: Subject) -> int:
        """Remove nothing."""
        del session, subject
        return 0


def table_of(model: type[Base]) -> Table:
    """Return a model's table."""
    return cast("Table", inspect(model).local_table)


def _in_documents(subject: Subject) -> ColumnElement[bool]:
    return Document.id.in_(subject.documents)


def _written(subject: Subject) -> ColumnElement[bool]:
    return Document.created_by.in_([str(one) for one in subject.accounts])


DOCUMENTS: Final = Rows("documents", table_of(Document), _in_documents)
WRITTEN: Final = Left(Rows("documents_written", table_of(Document), _written))
CONSENTS: Final = Rows(
    "consents",
    table_of(Consent),
    lambda subject: Consent.person_id.in_(subject.persons),
)
LINKS: Final = Rows(
    "person_documents",
    PERSON_DOCUMENTS,
    lambda subject: PERSON_DOCUMENTS.c.person_id.in_(subject.persons),
)
PERSON: Final = Rows(
    "person", table_of(Person), lambda subject: Person.id.in_(subject.persons)
)


class Authorship:
    """The audit columns of every table, in which an account's id stands."""

    @property
    def section(self) -> str:
        """Name of its part of an export."""
        return "authorship"

    async def export(
        self, session: AsyncSession, subject: Subject
    ) -> AsyncGenerator[Record]:
        """Give nothing: `documents_written` shows what the person made."""
        del session, subject
        nothing: tuple[Record, ...] = ()
        for record in nothing:
            yield record

    async def erase(self, session: AsyncSession, subject: Subject) -> int:
        """Replace the id wherever it stands."""
        accounts = [str(account) for account in subject.accounts]
        changed = 0
        for table in METADATA.sorted_tables if accounts else ():
            for name in ("created_by", "updated_by"):
                if name in table.columns:
                    result: Any = await session.execute(
                        update(table)
                        .where(table.columns[name].in_(accounts))
                        .values({name: ERASED})
                    )
                    changed += int(result.rowcount)
        return changed
