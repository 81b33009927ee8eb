"""What happens to a task that a worker has; each step is a transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, case, cast, func
from sqlalchemy.ext.asyncio import AsyncSession

from ..core.errors import ConflictError, UnavailableError
from ..core.masking import mask
from ..db.database import Database
from ..resilience.categories import ErrorCategory, categorize
from ..resilience.config import ResilienceSettings
from ..resilience.retry import retry_delay
from .config import TaskSettings
from .dead_letters import GiveUp
from .errors import LeaseLostError
from .leases import Lease
from .models import JsonObject, Task, TaskStatus
from .repository import TaskRepository, after, now
from .results import checksum_of

type HeartbeatAnswer = Literal["held", "lost", "cancel"]

_LONGEST_MESSAGE = 2000
_FREE: dict[str, Any] = {"lease_owner": None, "lease_expires_at": None}


@dataclass(frozen=True, slots=True)
class Failure:
    """A try that failed, and what follows from it.

    Attributes:
        category: What the failure means.
        status: `failed` when it is tried again, else `dead`.
    """

    category: ErrorCategory
    status: TaskStatus


class TaskLifecycle:
    """Moves tasks from state to state on behalf of a worker.

    A worker that has lost its lease changes nothing any more: every statement names
    the worker and its try.
    """

    def __init__(
        self, database: Database, settings: TaskSettings, limits: ResilienceSettings
    ) -> None:
        """Work on a database, with the configured lease and retries."""
        self._database = database
        self._settings = settings
        self._limits = limits

    async def claim(
        self,
        owner: str,
        *,
        limit: int = 1,
        task_id: UUID | None = None,
        alone: bool | None = None,
    ) -> Sequence[Task]:
        """Take up to `limit` tasks that are due, or this one if it is.

        Two workers never get the same task. Waiting tasks and retries that are due
        come in one order: priority, then age. `alone` asks for those that have been
        lost with their process before and must run in no company, or for all others.

        Raises:
            UnavailableError: The database does not answer, or somebody has kept this
                row to himself for too long: try again.
        """
        try:
            async with self._database.unit_of_work() as uow:
                return await TaskRepository(uow.session).claim(
                    owner,
                    self._settings.task_lease_seconds,
                    limit=limit,
                    task_id=task_id,
                    alone=alone,
                )
        except ConflictError as error:
            message = "Somebody else is changing the task."
            raise UnavailableError(message) from error

    async def heartbeat(self, lease: Lease) -> HeartbeatAnswer:
        """Extend a lease, and learn whether the work is still wanted."""
        lasting = after(self._settings.task_lease_seconds)
        task = await self._change(lease, lease_expires_at=lasting)
        if task is None:
            return "lost"
        return "cancel" if task.cancel_requested else "held"

    async def progress(self, lease: Lease, percent: int, note: str | None) -> None:
        """Say how far the work is.

        Raises:
            LeaseLostError: If another worker has the task.
        """
        _held(await self._change(lease, progress=percent, progress_note=note))

    async def record(
        self, lease: Lease, result: JsonObject, file: dict[str, Any] | None = None
    ) -> None:
        """Store a result before the task is complete, so that a crash cannot lose it.

        Raises:
            LeaseLostError: If another worker has the task.
        """
        values = {"result": result, "checksum": checksum_of(result), **(file or {})}
        _held(await self._change(lease, **values))

    async def complete(self, lease: Lease, result: JsonObject) -> None:
        """End a task with its result.

        Raises:
            LeaseLostError: If another worker has the task.
        """
        async with self._database.unit_of_work() as uow:
            await self.complete_in(uow.session, lease, result)

    async def complete_in(
        self, session: AsyncSession, lease: Lease, result: JsonObject
    ) -> None:
        """End a task within the transaction that has its effects: both or neither.

        Raises:
            LeaseLostError: If another worker has the task; let it roll back.
        """
        task = await TaskRepository(session).change(lease, **completed(result))
        _held(task)

    async def fail(
        self,
        lease: Lease,
        error: BaseException,
        tries: int,
        give_up: GiveUp | None = None,
    ) -> Failure:
        """Store a failure and decide whether, and when, there is another try.

        Args:
            lease: The try that failed.
            error: What it raised.
            tries: How many tries the task has in all.
            give_up: Hears of the end, if this was the last try.

        Raises:
            LeaseLostError: If another worker has the task.
        """
        category = categorize(error)
        delay = retry_delay(error, lease.attempt, self._limits, max_retries=tries - 1)
        status = TaskStatus.DEAD if delay is None else TaskStatus.FAILED
        message = _storable(f"{type(error).__name__}: {error}")
        if lease.attempt >= tries > 1:
            message = f"Max retries exceeded: {message}"
        async with self._database.unit_of_work() as uow:
            task = await TaskRepository(uow.session).change(
                lease,
                status=status,
                error_category=category,
                error_message=message,
                last_error_at=now(),
                retry_after=None if delay is None else after(delay),
                finished_at=now() if delay is None else None,
                dispatched_at=None,
                losses=0,  # its process has outlived it
                processing_time_ms=_elapsed_ms(),
                **_FREE,
            )
            if give_up is not None and delay is None:
                await give_up(uow, _held(task))
        _held(task)
        return Failure(category, status)

    async def give_back(self, lease: Lease, *, delay_seconds: float = 0) -> TaskStatus:
        """End a try that did not count: queue the task again, or cancel it if asked to.

        Raises:
            LeaseLostError: If another worker has the task.
        """
        unwanted = Task.cancel_requested
        task = await self._change(
            lease,
            status=case(
                (unwanted, TaskStatus.CANCELLED.value), else_=TaskStatus.QUEUED.value
            ),
            attempts=Task.attempts - 1,
            finished_at=case((unwanted, now()), else_=None),
            retry_after=after(delay_seconds) if delay_seconds > 0 else None,
            dispatched_at=None,
            **_FREE,
        )
        return TaskStatus(_held(task).status)

    async def _change(self, lease: Lease, **values: Any) -> Task | None:  # noqa: ANN401 - columns
        async with self._database.unit_of_work() as uow:
            return await TaskRepository(uow.session).change(lease, **values)


def completed(result: JsonObject) -> dict[str, Any]:
    """Return the columns of a task that ends well; a recorded file stays recorded."""
    recorded = Task.result_path.is_not(None)
    return {
        "status": TaskStatus.SUCCEEDED,
        "result": result,
        "checksum": case((recorded, Task.checksum), else_=checksum_of(result)),
        "progress": 100,
        "finished_at": now(),
        "processing_time_ms": _elapsed_ms(),
        **_FREE,
    }


def _storable(message: str) -> str:
    """Mask a message and spell out what PostgreSQL's texts cannot hold."""
    masked = str(mask(message))[:_LONGEST_MESSAGE].replace("\0", "\\x00")
    return masked.encode("utf-8", "backslashreplace").decode()


def _elapsed_ms() -> ColumnElement[int]:
    elapsed = func.extract("epoch", now() - Task.started_at)
    return cast(elapsed * 1000, BigInteger)


def _held(task: Task | None) -> Task:
    if task is None:
        message = "Another worker has this task by now; what this one did is dropped."
        raise LeaseLostError(message)
    return task
