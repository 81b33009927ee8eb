"""Runs tasks, whatever back end asks for it."""

import asyncio
import os
import socket
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal
from uuid import UUID

from ..core.context import Trace, bound
from ..core.errors import AppError, ConflictError, UnavailableError
from ..core.ids import new_id
from ..core.logging import get_logger
from ..core.metrics import ERRORS
from ..core.spans import Span, span
from ..resilience.categories import ErrorCategory
from ..resilience.errors import TimeLimitError
from ..resilience.execution import FailureStreak, StopReason
from .context import TaskContext
from .dead_letters import DeadLetters
from .errors import LeaseLostError
from .leases import Lease
from .lifecycle import HeartbeatAnswer, TaskLifecycle
from .metrics import TASK_DURATION, TASKS_FINISHED
from .models import JsonObject, Task
from .registry import TaskDefinition, TaskRegistry
from .results import as_json

if TYPE_CHECKING:
    from ..bootstrap import Container

type Outcome = Literal[
    "succeeded", "failed", "dead", "cancelled", "queued", "lost", "unsettled"
]

_HEARTBEATS_PER_LEASE: Final = 3

_logger = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class TaskOutcome:
    """The end of one try.

    Attributes:
        task_id: The task.
        name: Its name.
        outcome: Its status now; `lost` when another worker has it, `unsettled` when
            the database did not answer and the lease has to expire.
        category: What its failure means, if it failed.
    """

    task_id: UUID
    name: str
    outcome: Outcome
    category: ErrorCategory | None = None


@dataclass(slots=True)
class DrainReport:
    """The end of a run over the queue.

    Attributes:
        outcomes: One for each try.
        stop_reason: Why the run ended before the queue was empty, if it did.
    """

    outcomes: list[TaskOutcome] = field(default_factory=list[TaskOutcome])
    stop_reason: StopReason | None = None

    @property
    def counts(self) -> dict[str, int]:
        """Number of tries by outcome."""
        return dict(Counter[str](done.outcome for done in self.outcomes))


class TaskRunner:
    """Claims tasks and runs them; nothing that a task raises leaves it."""

    def __init__(
        self,
        container: "Container",
        registry: TaskRegistry,
        *,
        worker: str | None = None,
    ) -> None:
        """Prepare a worker.

        Args:
            container: The parts of the service that tasks use.
            registry: What the names of tasks stand for.
            worker: Its name in leases; host, process and a random part by default.
        """
        settings = container.settings
        self._container = container
        self._limits = settings
        self._registry = registry
        self._beat_seconds = settings.task_lease_seconds / _HEARTBEATS_PER_LEASE
        self._dead_letters = DeadLetters(container, registry)
        self._lifecycle = TaskLifecycle(container.database, settings, settings)
        self._worker = worker or f"{socket.gethostname()}:{os.getpid()}:{new_id()}"

    async def run_one(
        self, task_id: UUID | None = None, *, alone: bool | None = None
    ) -> TaskOutcome | None:
        """Run the next task that is due, or this one.

        Args:
            task_id: The one that is meant.
            alone: Whether to take one that must run in no company, or one of the
                others; without it whatever comes.

        Returns:
            What became of it; None if nothing is due, another worker has it, or in
            dry-run mode.

        Raises:
            UnavailableError: The database does not answer; nothing has begun.
        """
        if self._limits.dry_run_mode:
            _logger.info("dry_run_tasks", task_id=str(task_id) if task_id else None)
            return None
        tasks = await self._lifecycle.claim(self._worker, task_id=task_id, alone=alone)
        return await self._run(tasks[0]) if tasks else None

    async def drain(
        self, *, limit: int | None = None, stop: asyncio.Event | None = None
    ) -> DrainReport:
        """Run what is due, until nothing is or something says stop.

        `MAX_CONCURRENT_TASKS` run at once. Tasks that may have ended a process before
        have their turn in between, each alone. A critical failure, or
        `MAX_CONSECUTIVE_FAILURES` in a row, ends the run.

        Args:
            limit: Most tries; `MAX_BATCH_SIZE` by default.
            stop: Once set, nothing more is begun; what runs may end.

        Raises:
            UnavailableError: The database does not answer; what ran has come to its
                end.
        """
        streak = FailureStreak(self._limits.max_consecutive_failures)
        drain = _Drain(self, streak, limit or self._limits.max_batch_size, stop)
        more = True
        while more:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._limits.max_concurrent_tasks, drain.left)):
                    group.create_task(drain.take())
            more = await drain.take_alone()
        drain.report.stop_reason = streak.stop_reason
        if drain.report.outcomes:
            _logger.info(
                "tasks_drained",
                stop_reason=streak.stop_reason,
                **drain.report.counts,
            )
        if drain.problem is not None and streak.stop_reason is None:
            raise drain.problem
        return drain.report

    async def _run(self, task: Task) -> TaskOutcome:
        lease = Lease.of(task)
        trace = Trace.join(task.traceparent)
        request_id = task.request_id or str(task.id)
        started = time.perf_counter()
        with (
            bound(request_id=request_id, trace=trace),
            span("consumer", trace) as opened,
        ):
            _logger.info(
                "task_started",
                task=task.name,
                task_id=str(task.id),
                attempt=lease.attempt,
            )
            outcome = await self._run_to_the_end(task, lease)
            _describe(opened, task, outcome)
            elapsed = time.perf_counter() - started
            TASK_DURATION.labels(task=task.name).observe(elapsed)
            TASKS_FINISHED.labels(task=task.name, outcome=outcome.outcome).inc()
            _logger.info(
                "task_ended",
                task=task.name,
                task_id=str(task.id),
                outcome=outcome.outcome,
                category=outcome.category,
                duration_ms=int(elapsed * 1000),
            )
        return outcome

    async def _run_to_the_end(self, task: Task, lease: Lease) -> TaskOutcome:
        try:
            definition = self._registry[task.name]
            if definition.needs_network and not await self._online():
                return await self._give_back(task, lease, self._limits.retry_delays[0])
        except AppError as error:
            return await self._fail(task, lease, error)
        context = TaskContext(self._container, lease, self._lifecycle)
        attempt = asyncio.create_task(self._attempt(definition, context, task.payload))
        keeper = asyncio.create_task(self._keep(lease, attempt))
        try:
            await asyncio.wait({attempt})
        except asyncio.CancelledError:  # the worker is told to stop at once
            attempt.cancel()
            await asyncio.wait({attempt})
            if not (context.finished and _went_well(attempt)):
                await self._give_back(task, lease)
            raise
        finally:
            keeper.cancel()
            await asyncio.wait({keeper})
        return await self._settle(task, context, attempt)

    async def _attempt(
        self,
        definition: TaskDefinition[Any],
        context: TaskContext,
        payload: JsonObject,
    ) -> JsonObject:
        seconds = definition.timeout_seconds or self._limits.task_timeout_seconds
        limit = asyncio.timeout(seconds)
        try:
            async with limit:
                known = definition.payload.model_validate(payload)
                return as_json(await definition.handler(context, known))
        except TimeoutError as error:
            if limit.expired():
                raise TimeLimitError(seconds) from error
            raise

    async def _keep(self, lease: Lease, attempt: asyncio.Task[JsonObject]) -> None:
        """Extend the lease while the work goes on; stop the work when it must stop."""
        while True:
            await asyncio.sleep(self._beat_seconds)
            answer: HeartbeatAnswer
            try:
                answer = await self._lifecycle.heartbeat(lease)
            except AppError as error:
                _logger.warning("task_heartbeat_failed", reason=error.code)
                continue
            if answer != "held":
                attempt.cancel()
                return

    async def _settle(
        self, task: Task, context: TaskContext, attempt: asyncio.Task[JsonObject]
    ) -> TaskOutcome:
        if not context.finished:
            return await self._end(task, context.lease, attempt)
        succeeded = TaskOutcome(task.id, task.name, "succeeded")
        if _went_well(attempt):
            return succeeded
        # Was the transaction with the task's end committed all the same? Then it is
        # nobody's any more.
        outcome = await self._end(task, context.lease, attempt)
        return succeeded if outcome.outcome == "lost" else outcome

    async def _end(
        self, task: Task, lease: Lease, attempt: asyncio.Task[JsonObject]
    ) -> TaskOutcome:
        if attempt.cancelled():
            return await self._give_back(task, lease)
        error = attempt.exception()
        if error is not None:
            return await self._fail(task, lease, error)
        try:
            await self._lifecycle.complete(lease, attempt.result())
        except (LeaseLostError, ConflictError, UnavailableError) as problem:
            return _unsettled(task, problem)
        except (AppError, ValueError) as problem:  # a result that JSON cannot hold
            return await self._fail(task, lease, problem)
        return TaskOutcome(task.id, task.name, "succeeded")

    async def _fail(
        self, task: Task, lease: Lease, error: BaseException
    ) -> TaskOutcome:
        if isinstance(error, LeaseLostError):
            return _unsettled(task, error)
        try:
            failure = await self._lifecycle.fail(
                lease, error, task.max_attempts, self._dead_letters.give_up
            )
        except AppError as problem:
            return _unsettled(task, problem)
        ERRORS.labels(category=failure.category).inc()
        unknown = failure.category is ErrorCategory.UNKNOWN
        _logger.warning(
            "task_failed",
            task_id=str(task.id),
            error=type(error).__name__,
            exc_info=error if unknown else None,
        )
        outcome: Outcome = "dead" if failure.status == "dead" else "failed"
        return TaskOutcome(task.id, task.name, outcome, failure.category)

    async def _give_back(
        self, task: Task, lease: Lease, delay_seconds: float = 0
    ) -> TaskOutcome:
        try:
            status = await self._lifecycle.give_back(lease, delay_seconds=delay_seconds)
        except AppError as problem:
            return _unsettled(task, problem)
        outcome: Outcome = "cancelled" if status == "cancelled" else "queued"
        return TaskOutcome(task.id, task.name, outcome)

    async def _online(self) -> bool:
        return await self._container.network.wait_until_online()


class _Drain:
    def __init__(
        self,
        runner: TaskRunner,
        streak: FailureStreak,
        limit: int,
        stop: asyncio.Event | None,
    ) -> None:
        self.report = DrainReport()
        self.left = limit
        self.problem: AppError | None = None
        self._runner = runner
        self._streak = streak
        self._stop = stop

    async def take(self) -> None:
        """Run one task after the other, each claimed only when its turn has come."""
        while await self._take_one(alone=False):
            pass

    async def take_alone(self) -> bool:
        """Run one task that must have no company, and tell whether there was one."""
        return await self._take_one(alone=True)

    async def _take_one(self, *, alone: bool) -> bool:
        if self.left <= 0 or self._stopping():
            return False
        self.left -= 1
        try:
            outcome = await self._runner.run_one(alone=alone)
        except AppError as error:  # not out of here: it would cancel what still runs
            self.problem = error
            return False
        if outcome is None:
            self.left += 1
            return False
        if outcome.outcome in {"succeeded", "failed", "dead"}:
            self._streak.record(outcome.category)
        self.report.outcomes.append(outcome)
        return True

    def _stopping(self) -> bool:
        told = self._stop is not None and self._stop.is_set()
        return told or self.problem is not None or self._streak.stop_reason is not None


def _went_well(attempt: asyncio.Task[JsonObject]) -> bool:
    return not attempt.cancelled() and attempt.exception() is None


def _unsettled(task: Task, problem: AppError) -> TaskOutcome:
    lost = isinstance(problem, LeaseLostError)
    _logger.warning("task_unsettled", task_id=str(task.id), reason=problem.code)
    return TaskOutcome(task.id, task.name, "lost" if lost else "unsettled")


def _describe(opened: Span, task: Task, outcome: TaskOutcome) -> None:
    attributes = {"task.id": str(task.id), "task.outcome": outcome.outcome}
    failed = outcome.outcome in {"failed", "dead"}
    opened.describe(f"task {task.name}", attributes, failed=failed)
