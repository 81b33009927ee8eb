"""Putting work into the table, within the caller's own transaction."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from ..core.context import current
from ..core.logging import get_logger
from ..resilience.config import ResilienceSettings
from .config import TaskSettings
from .errors import QueueFullError, TaskNotFoundError
from .models import WAITING, Task, TaskStatus
from .registry import TaskDefinition
from .repository import TaskRepository, after, now

_logger = get_logger(__name__)


class TaskQueue:
    """Makes, shows, cancels and revives tasks.

    Every method works on the caller's session: a task is there if, and only if, what
    it is about was committed with it.
    """

    def __init__(self, settings: TaskSettings, limits: ResilienceSettings) -> None:
        """Take the queue's limit, and the retries of tasks that name none."""
        self._settings = settings
        self._limits = limits

    async def enqueue[Payload: BaseModel](  # noqa: PLR0913 - one keyword for each choice
        self,
        session: AsyncSession,
        definition: TaskDefinition[Payload],
        payload: Payload,
        *,
        idempotency_key: str | None = None,
        priority: int | None = None,
        delay_seconds: float = 0,
    ) -> Task:
        """Add a task to the caller's transaction.

        Args:
            session: The caller's; a rollback takes the task along.
            definition: What is to be done.
            payload: Its input.
            idempotency_key: With it, a second call returns the first call's task.
            priority: Greater runs earlier; the definition's by default.
            delay_seconds: Time before which it does not run, in seconds.

        Returns:
            The new task, or the one that has this key already, whatever its status.

        Raises:
            QueueFullError: If `MAX_QUEUED_TASKS` wait already.
        """
        repository = TaskRepository(session)
        if idempotency_key is not None:
            known = await repository.find(definition.name, idempotency_key)
            if known is not None:
                return known
        await self._require_room(repository)
        retries = definition.retries
        retries = self._limits.max_retries if retries is None else retries
        context = current()
        task = await repository.add(
            {
                "name": definition.name,
                "payload": payload.model_dump(mode="json"),
                "priority": definition.priority if priority is None else priority,
                "max_attempts": retries + 1,
                "idempotency_key": idempotency_key,
                "queued_at": now(),
                "retry_after": after(delay_seconds) if delay_seconds > 0 else None,
                "request_id": context.request_id,
                "traceparent": context.trace.traceparent if context.trace else None,
            }
        )
        if task is None:  # another transaction was quicker with the same key
            return await self._existing(repository, definition.name, idempotency_key)
        _logger.info("task_queued", task=task.name, task_id=str(task.id))
        return task

    async def get(self, session: AsyncSession, task_id: UUID) -> Task:
        """Return a task.

        Raises:
            TaskNotFoundError: If there is none of this id.
        """
        task = await TaskRepository(session).get(task_id)
        if task is None:
            message = f"There is no task {task_id}."
            raise TaskNotFoundError(message)
        return task

    async def newest(
        self,
        session: AsyncSession,
        *,
        status: TaskStatus | None = None,
        limit: int = 50,
    ) -> Sequence[Task]:
        """List tasks, newest first; `status=DEAD` lists the dead letters."""
        return await TaskRepository(session).newest(status, limit)

    async def cancel(self, session: AsyncSession, task_id: UUID) -> Task:
        """Cancel a waiting task at once; ask the worker of a running one to give up.

        A finished task stays as it is.

        Raises:
            TaskNotFoundError: If there is none of this id.
        """
        repository = TaskRepository(session)
        cancelled = await repository.change_if(
            task_id,
            WAITING,
            status=TaskStatus.CANCELLED,
            cancel_requested=True,
            finished_at=now(),
            retry_after=None,
        )
        if cancelled is not None:
            return cancelled
        asked = await repository.change_if(
            task_id, (TaskStatus.RUNNING,), cancel_requested=True
        )
        return asked or await self.get(session, task_id)

    async def retry(self, session: AsyncSession, task_id: UUID) -> Task:
        """Give a dead or cancelled task all its tries again.

        Raises:
            TaskNotFoundError: If no dead or cancelled task has this id.
        """
        task = await TaskRepository(session).change_if(
            task_id,
            (TaskStatus.DEAD, TaskStatus.CANCELLED),
            status=TaskStatus.QUEUED,
            max_attempts=Task.attempts + Task.max_attempts,
            queued_at=now(),
            finished_at=None,
            dispatched_at=None,
            retry_after=None,
            cancel_requested=False,
        )
        if task is None:
            present = await self.get(session, task_id)
            message = f"The task {task_id} is {present.status}, not dead or cancelled."
            raise TaskNotFoundError(message)
        return task

    async def _require_room(self, repository: TaskRepository) -> None:
        limit = self._settings.max_queued_tasks
        if await repository.count_waiting(limit) >= limit:
            message = f"{limit} tasks wait already."
            raise QueueFullError(
                message, hint="Start more workers, or come back later."
            )

    async def _existing(
        self, repository: TaskRepository, name: str, key: str | None
    ) -> Task:
        task = await repository.find(name, key or "")
        if task is None:
            message = "The task of this key has just been deleted."
            raise TaskNotFoundError(message, hint="Enqueue it again.")
        return task
