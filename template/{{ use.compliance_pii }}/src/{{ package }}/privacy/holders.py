"""Where data about a person is, told so that one list serves export and erasure."""

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from .classes import DataClass, class_of

_AT_ONCE: Final = 200

type Kind = Literal["person", "document", "account"]
type Record = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is known of a person when their data is gathered.

    Attributes:
        persons: The person; nobody for what is left over after a restore.
        documents: What is about the person alone.
        accounts: The account through which the person signs in.
        needles: Texts that name the person, to find them inside other texts.
    """

    persons: frozenset[UUID] = frozenset()
    documents: frozenset[UUID] = frozenset()
    accounts: frozenset[UUID] = frozenset()
    needles: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def identities(self) -> Mapping[Kind, frozenset[UUID]]:
        """The identifiers by kind."""
        return {
            "person": self.persons,
            "document": self.documents,
            "account": self.accounts,
        }


class Holder(Protocol):
    """A place that holds data about persons: a table, an index, files, a cache."""

    @property
    def section(self) -> str:
        """Name of its part of an export."""
        ...

    def export(self, session: AsyncSession, subject: Subject) -> AsyncGenerator[Record]:
        """Give everything about the person, a record at a time."""
        ...

    async def erase(self, session: AsyncSession, subject: Subject) -> int:
        """Remove everything about the person; must be safe to run twice.

        Returns:
            How much was removed.
        """
        ...


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a table that are about a person.

    Attributes:
        section: Name of their part of an export.
        table: Where they are.
        about: The condition by which they are found.
        blank: Columns that an erasure overwrites; without any it deletes the rows.
    """

    section: str
    table: Table
    about: Callable[[Subject], ColumnElement[bool]]
    blank: Mapping[str, object] = field(default_factory=dict[str, object])

    async def export(
        self, session: AsyncSession, subject: Subject
    ) -> AsyncGenerator[Record]:
        """Give the rows with all columns that are no secret (KVKK art. 11)."""
        columns = [
            column
            for column in self.table.columns
            if class_of(column) is not DataClass.SECRET
        ]
        names = [column.name for column in columns]
        rows = await session.stream(
            select(*columns)
            .where(self.about(subject))
            .execution_options(yield_per=_AT_ONCE)
        )
        async for row in rows:
            yield dict(zip(names, row, strict=True))

    async def erase(self, session: AsyncSession, subject: Subject) -> int:
        """Delete the rows, or overwrite what names the person."""
        statement: Any = (
            update(self.table).values(dict(self.blank))
            if self.blank
            else delete(self.table)
        )
        result: Any = await session.execute(
            statement.where(self.about(subject)),
            execution_options={"synchronize_session": False},
        )
        return int(result.rowcount)
