"""The statements of the dispatcher; times are the database's own."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..tasks.models import WAITING, Task, TaskStatus
from ..tasks.repository import now

# Any number, the same in every worker of this service.
_LOCK: Final = 7_203_482


@dataclass(frozen=True, slots=True)
class Message:
    """What the table knows of a message.

    Attributes:
        task_id: The row that it tells of.
        name: Of the task.
        sent_at: When the broker got it, by the database's clock.
    """

    task_id: UUID
    name: str
    sent_at: datetime


class Outbox:
    """Which rows a broker was told of, within the caller's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Work on a session; nothing is committed here."""
        self._session = session

    async def lock(self) -> bool:
        """Become the only dispatcher until the end of the transaction, if none is."""
        locked = text("SELECT pg_try_advisory_xact_lock(:key)")
        return bool(await self._session.scalar(locked, {"key": _LOCK}))

    async def take(self, limit: int) -> Sequence[Task]:
        """Mark tasks that are due and that the broker has not been told of.

        All of them get the same time: what is sent later has a later one.
        """
        waiting = (
            select(Task.id)
            .where(
                Task.status.in_(WAITING),
                or_(Task.retry_after.is_(None), Task.retry_after <= now()),
                Task.dispatched_at.is_(None),
            )
            .order_by(Task.priority.desc(), Task.queued_at, Task.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        chosen = waiting.cte("waiting").prefix_with("MATERIALIZED")
        taken = await self._session.scalars(
            update(Task)
            .where(Task.id.in_(select(chosen.c.id)))
            .values(dispatched_at=select(now()).scalar_subquery())
            .returning(Task)
        )
        return sorted(taken, key=lambda task: (-task.priority, task.queued_at, task.id))

    async def sent(self, limit: int) -> Sequence[Message]:
        """List messages of tasks that still wait, oldest first."""
        return await self._messages(
            Task.status.in_(WAITING), Task.dispatched_at.asc(), limit
        )

    async def received(self, limit: int) -> Sequence[Message]:
        """List messages whose tasks are being worked on, newest first."""
        return await self._messages(
            Task.status == TaskStatus.RUNNING, Task.dispatched_at.desc(), limit
        )

    async def forget(self, task_ids: Collection[UUID]) -> None:
        """Let these be sent again, unless somebody is at them just now."""
        unlocked = (
            select(Task.id)
            .where(Task.id.in_(task_ids), Task.status.in_(WAITING))
            .with_for_update(skip_locked=True)
        )
        await self._session.execute(
            update(Task).where(Task.id.in_(unlocked)).values(dispatched_at=None)
        )

    async def _messages(
        self,
        which: ColumnElement[bool],
        order: ColumnElement[datetime | None],
        limit: int,
    ) -> Sequence[Message]:
        rows = await self._session.execute(
            select(Task.id, Task.name, Task.dispatched_at)
            .where(which, Task.dispatched_at.is_not(None))
            .order_by(order)
            .limit(limit)
        )
        return [
            Message(task_id, name, sent_at)
            for task_id, name, sent_at in rows
            if sent_at is not None
        ]
