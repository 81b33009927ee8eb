"""Resolving what lost workers have left, and deleting what is old."""

from dataclasses import dataclass
from typing import Any

from ..core.logging import get_logger
from ..db.database import Database
from ..resilience.categories import ErrorCategory
from ..resilience.config import ResilienceSettings
from .config import TaskSettings
from .dead_letters import GiveUp
from .metrics import TASKS_FINISHED, show_queue
from .models import Task, TaskStatus
from .registry import TaskRegistry
from .repository import TaskRepository, now
from .results import has_whole_result

_AT_A_TIME = 100
_LOST = "The worker was lost in the middle of this task, which ran alone."
_LOST_WITH_OTHERS = "The worker was lost in the middle of this task and others."

_logger = get_logger(__name__)


@dataclass(slots=True)
class Recovered:
    """What a search for lost work has found.

    Attributes:
        completed: Tasks whose result was whole.
        requeued: Tasks that run again.
        dead: Tasks whose last try has ended their process, and nothing else's.
        cancelled: Tasks that nobody wanted any more.
    """

    completed: int = 0
    requeued: int = 0
    dead: int = 0
    cancelled: int = 0

    @property
    def total(self) -> int:
        """Number of tasks resolved."""
        return self.completed + self.requeued + self.dead + self.cancelled


class TaskKeeper:
    """Keeps the table in order; any number of them may run at once."""

    def __init__(
        self, database: Database, settings: TaskSettings, limits: ResilienceSettings
    ) -> None:
        """Work on a database, with the configured switch and ages."""
        self._database = database
        self._settings = settings
        self._limits = limits

    async def recover(self, give_up: GiveUp | None = None) -> Recovered:
        """Resolve every task whose worker is lost.

        A recorded result that fits its checksum completes the task. Any other task is
        queued again at once, until its tries are used up. A try does not count when
        other tasks were lost with the same worker: any of them may have ended it. Who
        is lost a second time runs alone from then on, and answers for itself. With
        `ENABLE_RECOVERY=false`, or in dry-run mode, nothing is touched.

        Args:
            give_up: Hears of every task that has no further try.
        """
        found = Recovered()
        if not self._limits.enable_recovery or self._limits.dry_run_mode:
            return found
        more = True
        while more:
            async with self._database.unit_of_work() as uow:
                repository = TaskRepository(uow.session)
                lost = await repository.expired(_AT_A_TIME)
                shared = await repository.lost_in_company(
                    [task.lease_owner for task in lost]
                )
                for task in lost:
                    await _resolve(task, found, shared=task.lease_owner in shared)
                    if give_up is not None and task.status == TaskStatus.DEAD:
                        await give_up(uow, task)
            more = len(lost) == _AT_A_TIME
        if found.total:
            _logger.warning(
                "tasks_recovered",
                completed=found.completed,
                requeued=found.requeued,
                dead=found.dead,
                cancelled=found.cancelled,
            )
        return found

    async def purge(self) -> int:
        """Delete tasks that ended long ago, and return their number."""
        ages = (
            (
                (TaskStatus.SUCCEEDED, TaskStatus.CANCELLED),
                self._settings.task_retention_days,
            ),
            ((TaskStatus.DEAD,), self._settings.task_dead_retention_days),
        )
        if self._limits.dry_run_mode:
            return 0
        deleted = 0
        for statuses, days in ages:
            gone = _AT_A_TIME
            while gone == _AT_A_TIME:
                async with self._database.unit_of_work() as uow:
                    gone = await TaskRepository(uow.session).delete_finished(
                        statuses, days, _AT_A_TIME
                    )
                deleted += gone
        return deleted

    async def measure(self, registry: TaskRegistry) -> None:
        """Bring the metrics of the queue up to date."""
        async with self._database.unit_of_work() as uow:
            waiting = await TaskRepository(uow.session).waiting_by_name()
        show_queue(waiting, [definition.name for definition in registry])


async def _resolve(task: Task, found: Recovered, *, shared: bool) -> None:
    outcome, values = await _decide(task, shared=shared)
    if outcome == "succeeded":
        found.completed += 1
    elif outcome == "cancelled":
        found.cancelled += 1
    elif outcome == "dead":
        found.dead += 1
    else:
        found.requeued += 1
    free: dict[str, Any] = {"lease_owner": None, "lease_expires_at": None}
    for name, value in {**values, **free}.items():
        setattr(task, name, value)
    TASKS_FINISHED.labels(task=task.name, outcome=f"recovered_{outcome}").inc()


async def _decide(task: Task, *, shared: bool) -> tuple[str, dict[str, Any]]:
    if await has_whole_result(task):
        ended = {"status": TaskStatus.SUCCEEDED, "progress": 100, "finished_at": now()}
        return "succeeded", ended
    if task.cancel_requested:
        return "cancelled", {"status": TaskStatus.CANCELLED, "finished_at": now()}
    lost: dict[str, Any] = {
        "error_category": ErrorCategory.TRANSIENT,
        "error_message": _LOST_WITH_OTHERS if shared else _LOST,
        "last_error_at": now(),
        "dispatched_at": None,
        "losses": task.losses + 1,
        "lost_with": task.lease_owner,
    }
    if shared:
        return "requeued", {
            **lost,
            "status": TaskStatus.QUEUED,
            "attempts": task.attempts - 1,
        }
    if task.attempts >= task.max_attempts:
        return "dead", {**lost, "status": TaskStatus.DEAD, "finished_at": now()}
    return "requeued", {**lost, "status": TaskStatus.QUEUED}
