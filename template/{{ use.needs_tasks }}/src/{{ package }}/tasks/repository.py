"""The statements on the tasks table; times are the database's own."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Interval,
    and_,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from .leases import Lease
from .models import WAITING, Task, TaskStatus

# Losses after which a task runs in no company: it may be what ends the process.
_SUSPECT: Final = 2


def now() -> ColumnElement[datetime]:
    """Return the database's clock: hosts may disagree, leases must not."""
    return func.clock_timestamp()


def after(seconds: float) -> ColumnElement[datetime]:
    """Return the moment that is so many seconds from now."""
    return now() + bindparam(None, timedelta(seconds=seconds), Interval)


class TaskRepository:
    """Reads and writes tasks within the caller's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Work on a session; nothing is committed here."""
        self._session = session

    async def add(self, values: dict[str, Any]) -> Task | None:
        """Insert a task, unless one of the same name and key is there already."""
        statement = (
            insert(Task)
            .values(values)
            .on_conflict_do_nothing(index_elements=["name", "idempotency_key"])
            .returning(Task)
        )
        return await self._session.scalar(statement)

    async def get(self, task_id: UUID) -> Task | None:
        """Find a task by its id."""
        return await self._session.get(Task, task_id, populate_existing=True)

    async def find(self, name: str, idempotency_key: str) -> Task | None:
        """Find a task by its name and key."""
        return await self._session.scalar(
            select(Task).where(
                Task.name == name, Task.idempotency_key == idempotency_key
            )
        )

    async def newest(self, status: TaskStatus | None, limit: int) -> Sequence[Task]:
        """List tasks, newest first."""
        statement = select(Task).order_by(Task.id.desc()).limit(limit)
        if status is not None:
            statement = statement.where(Task.status == status)
        return (await self._session.scalars(statement)).all()

    async def count_waiting(self, at_most: int) -> int:
        """Count the waiting tasks, without counting further than asked."""
        some = select(Task.id).where(Task.status.in_(WAITING)).limit(at_most)
        return (
            await self._session.scalar(
                select(func.count()).select_from(some.subquery())
            )
            or 0
        )

    async def claim(
        self,
        owner: str,
        lease_seconds: float,
        *,
        limit: int = 1,
        task_id: UUID | None = None,
        alone: bool | None = None,
    ) -> Sequence[Task]:
        """Take tasks that are due; what another worker is taking is passed over.

        One that is asked for by its id is waited for instead: whoever has told of it
        may be about to commit that, and tells it once. `alone` asks for those that
        must run in no company, or for all others; without it they are not told apart.
        """
        due = (
            select(Task.id)
            .where(
                Task.status.in_(WAITING),
                or_(Task.retry_after.is_(None), Task.retry_after <= now()),
            )
            .order_by(Task.priority.desc(), Task.queued_at, Task.id)
            .limit(limit)
            .with_for_update(skip_locked=task_id is None)
        )
        if task_id is not None:
            due = due.where(Task.id == task_id)
        if alone is not None:
            suspect = Task.losses >= _SUSPECT
            due = due.where(suspect if alone else ~suspect)
        # Materialised, since a plan that runs the subquery twice would take too many.
        chosen = due.cte("due").prefix_with("MATERIALIZED")
        taken = await self._session.scalars(
            update(Task)
            .where(Task.id.in_(select(chosen.c.id)))
            .values(
                status=TaskStatus.RUNNING,
                attempts=Task.attempts + 1,
                started_at=now(),
                retry_after=None,
                lease_owner=owner,
                lease_expires_at=after(lease_seconds),
            )
            .returning(Task)
            .execution_options(populate_existing=True)
        )
        return sorted(taken, key=lambda task: (-task.priority, task.queued_at, task.id))

    async def change(self, lease: Lease, **values: Any) -> Task | None:  # noqa: ANN401 - columns
        """Change a task that this lease still holds; None when it does not."""
        return await self._session.scalar(
            update(Task)
            .where(
                Task.id == lease.task_id,
                Task.status == TaskStatus.RUNNING,
                Task.lease_owner == lease.owner,
                Task.attempts == lease.attempt,
            )
            .values(**values)
            .returning(Task)
            .execution_options(populate_existing=True)
        )

    async def change_if(
        self,
        task_id: UUID,
        statuses: Sequence[TaskStatus],
        **values: Any,  # noqa: ANN401 - columns
    ) -> Task | None:
        """Change a task that is in one of these states; None when it is not."""
        return await self._session.scalar(
            update(Task)
            .where(Task.id == task_id, Task.status.in_(statuses))
            .values(**values)
            .returning(Task)
            .execution_options(populate_existing=True)
        )

    async def expired(self, limit: int) -> Sequence[Task]:
        """Lock tasks whose worker is lost, save those that are being recovered."""
        statement = (
            select(Task)
            .where(Task.status == TaskStatus.RUNNING, Task.lease_expires_at < now())
            .order_by(Task.lease_expires_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return (await self._session.scalars(statement)).all()

    async def lost_in_company(self, owners: Sequence[str | None]) -> set[str]:
        """Tell which of these workers had several tasks at their end.

        Counted is what is still marked as theirs, and what was found before.
        """
        running = and_(Task.status == TaskStatus.RUNNING, Task.lease_owner.in_(owners))
        owner = case((running, Task.lease_owner), else_=Task.lost_with)
        several = await self._session.scalars(
            select(owner)
            .where(or_(running, Task.lost_with.in_(owners)))
            .group_by(owner)
            .having(func.count() > 1)
        )
        return set(several)

    async def waiting_by_name(self) -> Sequence[tuple[str, int, float]]:
        """Return name, number and greatest time overdue, in seconds, of what waits."""
        due = func.greatest(Task.queued_at, Task.retry_after)
        overdue = func.extract("epoch", now() - func.min(due))
        rows = await self._session.execute(
            select(Task.name, func.count(), overdue)
            .where(Task.status.in_(WAITING))
            .group_by(Task.name)
        )
        return [(name, count, max(0.0, float(late))) for name, count, late in rows]

    async def delete_finished(
        self, statuses: Sequence[TaskStatus], days: int, limit: int
    ) -> int:
        """Delete tasks that ended so many days ago, a limited number at a time."""
        old = (
            select(Task.id)
            .where(
                Task.status.in_(statuses),
                Task.finished_at < after(-timedelta(days=days).total_seconds()),
            )
            .limit(limit)
        )
        gone = await self._session.scalars(
            delete(Task).where(Task.id.in_(old)).returning(Task.id)
        )
        return len(gone.all())
