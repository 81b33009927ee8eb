"""One period of retention: of what, how long, what happens then."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, Table, and_, delete, select, tuple_, update

from ..core.errors import AppError
from ..db.database import Database

_AT_ONCE: Final = 500


class UnknownRuleError(AppError):
    """A period is set for a rule of retention that does not exist."""

    code = "unknown_retention_rule"
    title = "There is no such rule of retention"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """Removes rows some days after a moment that they carry.

    Attributes:
        name: In `PRIVACY_RETENTION_DAYS` and in the trail.
        what: The same for people.
        days: The period unless the settings say otherwise, days.
        table: Where they are.
        moment: The column from which the period counts; empty: it has not begun.
        blank: Columns that lose their value; without any the rows go.
    """

    name: str
    what: str
    days: int
    table: Table
    moment: Column[Any]
    blank: tuple[str, ...] = field(default=())

    async def apply(self, database: Database, before: datetime) -> int:
        """Remove one batch that is older, in a transaction of its own.

        Returns:
            How many rows it was; nothing when all are done.
        """
        key = tuple_(*self.table.primary_key.columns)
        old = (
            select(*self.table.primary_key.columns)
            .where(self._due(before))
            .limit(_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        statement: Any = (
            update(self.table).values(dict.fromkeys(self.blank))
            if self.blank
            else delete(self.table)
        )
        async with database.unit_of_work(report=True) as uow:
            result: Any = await uow.session.execute(statement.where(key.in_(old)))
            return int(result.rowcount)

    def _due(self, before: datetime) -> Any:  # noqa: ANN401 - a condition of SQLAlchemy
        filled = [self.table.columns[name].is_not(None) for name in self.blank]
        return and_(self.moment < before, *filled)


def refuse_unknown(periods: Mapping[str, int], rules: Iterable[RetentionRule]) -> None:
    """Refuse a period for a rule that does not exist: a slip would keep data.

    Raises:
        UnknownRuleError: It names the rules that do.
    """
    known = [rule.name for rule in rules]
    if unknown := sorted(periods.keys() - set(known)):
        message = f"PRIVACY_RETENTION_DAYS names no rule: {', '.join(unknown)}."
        raise UnknownRuleError(message, hint=f"The rules are {', '.join(known)}.")
