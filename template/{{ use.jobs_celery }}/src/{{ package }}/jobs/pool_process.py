"""One process of Celery's pool: an event loop and a container of its own."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded

from ..bootstrap import open_container
from ..core.errors import AppError
from ..core.logging import get_logger
from ..tasks.registry import TaskRegistry
from ..tasks.runner import TaskOutcome, TaskRunner
from .memory import answering_for_memory, limit_memory

if TYPE_CHECKING:
    from ..core.settings import Settings

type Report = Callable[[TaskOutcome], None]

_logger = get_logger(__name__)


class PoolProcess:
    """Runs one task at a time.

    It is made before the pool forks and opens nothing then: each process opens its own
    connections and keeps them.

    Attributes:
        registry: What the names of tasks stand for.
    """

    def __init__(
        self, settings: "Settings", registry: TaskRegistry, report: Report
    ) -> None:
        """Take what a process will need."""
        self.registry = registry
        self._settings = settings
        self._report = report
        self._loop = asyncio.Runner()
        self._opened = AsyncExitStack()
        self._tasks: TaskRunner | None = None
        self._running: asyncio.Task[TaskOutcome | None] | None = None

    def begin(self) -> None:
        """Prepare this process, once it has been forked and before its first task.

        What takes a while is done outside the limits of a task. If it cannot be done
        yet, the first task does it.
        """
        limit_memory(self._settings)
        with suppress(AppError):
            self._loop.run(self._open())

    def run(self, task_id: UUID) -> None:
        """Do what a row says, unless it is not due or another worker has it.

        Raises:
            UnavailableError: The database does not answer.
            SystemExit: The process hangs beyond repair; the pool makes another.
        """
        try:
            outcome = self._loop.run(self._run(task_id))
        except SoftTimeLimitExceeded:
            # It came between two steps of the loop, where no task could take it.
            _logger.exception("task_hangs", task_id=str(task_id))
            raise SystemExit(1) from None
        if outcome is not None:
            self._report(outcome)

    def close(self) -> None:
        """Close what was opened; called when the pool ends this process."""
        self._loop.run(self._opened.aclose())
        self._loop.close()

    def give_back(self) -> None:
        """Return the running task to the queue; its try does not count.

        It may be called from a signal's handler, or from another thread.
        """
        running = self._running
        if running is not None:
            running.get_loop().call_soon_threadsafe(running.cancel)

    async def _run(self, task_id: UUID) -> TaskOutcome | None:
        tasks = self._tasks or await self._open()
        self._running = asyncio.ensure_future(tasks.run_one(task_id))
        try:
            await asyncio.wait({self._running})
            return None if self._running.cancelled() else self._running.result()
        finally:
            self._running = None

    async def _open(self) -> TaskRunner:
        async with AsyncExitStack() as stack:
            container = await stack.enter_async_context(open_container(self._settings))
            self._opened = stack.pop_all()
        registry = answering_for_memory(self.registry)
        self._tasks = TaskRunner(container, registry)
        return self._tasks
