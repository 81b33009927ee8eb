"""Telling a message broker which rows of the table are due.

The table decides: it holds every task with its state, its tries and their times. The
broker only tells a worker which row to take. A message that is lost is sent again, and
one that comes twice finds its row taken.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Final

from ..core.errors import AppError
from ..core.logging import get_logger
from ..tasks.registry import TaskRegistry
from ..tasks.repository import TaskRepository
from ..tasks.watch import TaskWatch

if TYPE_CHECKING:
    from ..bootstrap import Container
    from ..core.settings import Settings
    from ..tasks.models import Task

type Deliver = Callable[[Sequence[Task]], Awaitable[None]]

# In one transaction, for which quick workers wait.
_AT_A_TIME: Final = 50

_logger = get_logger(__name__)


class Dispatcher:
    """Hands over what is due; any number of them may run at once."""

    def __init__(
        self, container: "Container", registry: TaskRegistry, deliver: Deliver
    ) -> None:
        """Prepare the dispatcher.

        Args:
            container: The parts of the service.
            registry: What the names of tasks stand for.
            deliver: Sends the ids of these rows to the broker; an `AppError` means
                that it does not answer, and they are tried again.
        """
        self._database = container.database
        self._deliver = deliver
        self._settings = container.settings
        self._watch = TaskWatch(container, registry)

    async def run(self, stop: asyncio.Event) -> None:
        """Hand over until `stop` is set; what does not answer is waited for."""
        while not stop.is_set():
            sent = 0
            try:
                await self._watch.look()
                sent = await self.dispatch()
            except AppError as error:
                _logger.warning("dispatcher_waits", reason=error.code)
            if not sent:
                seconds = self._settings.task_poll_seconds
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), seconds)

    async def dispatch(self) -> int:
        """Hand over once what is due, as far as the broker has room.

        What it has no room for keeps its order in the table, so that urgent tasks
        overtake. In dry-run mode nothing is handed over.

        It is marked and handed over in one transaction, so that a crash in between
        loses nothing. A worker that is quicker than its end waits for it.

        Returns:
            How many were handed over.

        Raises:
            AppError: The database or the broker does not answer; nothing is marked.
        """
        if self._settings.dry_run_mode:
            return 0
        again_after = self._settings.task_redispatch_seconds
        async with self._database.unit_of_work() as uow:
            repository = TaskRepository(uow.session)
            ahead = await repository.count_dispatched(again_after)
            room = min(self._settings.task_dispatch_ahead - ahead, _AT_A_TIME)
            if room <= 0:
                return 0
            due = await repository.take_undispatched(room, again_after)
            if due:
                await self._deliver(due)
        return len(due)


def hard_limit_seconds(
    task: "Task", registry: TaskRegistry, settings: "Settings"
) -> float:
    """Return the time after which a process that runs a task is killed.

    It is above the time limit inside, which ends all but what blocks the process.

    Args:
        task: A row, perhaps of a name that only another release knows.
        registry: What the names of tasks stand for.
        settings: The limit of tasks that name none, and the time on top of it.
    """
    known = [definition for definition in registry if definition.name == task.name]
    seconds = settings.task_timeout_seconds
    if known:
        seconds = known[0].timeout_seconds or seconds
        seconds += settings.network_wait_seconds if known[0].needs_network else 0
    return seconds + settings.task_kill_after_seconds
