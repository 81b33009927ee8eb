"""Telling a message broker which rows of the table are due.

The table decides: it holds every task with its state, its tries and their times. The
broker only tells a worker which row to take. A row has one message at a time; one that
the broker has lost is sent again.
"""

import asyncio
import contextlib
import time
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final, Protocol
from uuid import UUID

from ..core.errors import AppError
from ..core.logging import get_logger
from ..tasks.registry import TaskRegistry
from ..tasks.watch import TaskWatch
from .outbox import Message, Outbox

if TYPE_CHECKING:
    from ..bootstrap import Container
    from ..core.settings import Settings
    from ..tasks.models import Task

# In one transaction, for which quick workers wait.
_AT_A_TIME: Final = 50
# Looks for lost messages within the time after which they are sent again.
_LOOKS: Final = 4

_logger = get_logger(__name__)


class Broker(Protocol):
    """What the dispatcher asks of a broker; an `AppError` means: no answer."""

    async def depth(self) -> int:
        """Return how many messages wait to be received."""
        ...

    async def deliver(self, tasks: Sequence["Task"]) -> None:
        """Take one message for each of these rows, all or none."""
        ...

    async def without_message(
        self, sent: Sequence[Message], received: Sequence[Message]
    ) -> Collection[UUID]:
        """Tell which tasks that wait have no message in the queue.

        Args:
            sent: Messages of tasks that wait, oldest first.
            received: Messages of tasks that are being worked on, newest first.
        """
        ...


class Dispatcher:
    """Hands over what is due; of any number that run, one does it at a time."""

    def __init__(
        self, container: "Container", registry: TaskRegistry, broker: Broker
    ) -> None:
        """Prepare the dispatcher.

        Args:
            container: The parts of the service.
            registry: What the names of tasks stand for.
            broker: Gets the ids of the rows.
        """
        self._broker = broker
        self._database = container.database
        self._settings = container.settings
        self._watch = TaskWatch(container, registry)
        self._missing: dict[Message, float] = {}
        self._next_look = 0.0

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
        async with self._database.unit_of_work() as uow:
            outbox = Outbox(uow.session)
            if not await outbox.lock():
                return 0
            room = self._settings.task_dispatch_ahead - await self._broker.depth()
            if room <= 0:
                return 0
            await self._find_lost(outbox)
            due = await outbox.take(min(room, _AT_A_TIME))
            if due:
                await self._broker.deliver(due)
        return len(due)

    async def _find_lost(self, outbox: Outbox) -> None:
        """Let a message be sent again that was not in the queue for long enough.

        One that has left the queue a moment ago is with a worker, which is about to
        take the row.
        """
        present, patience = time.monotonic(), self._settings.task_redispatch_seconds
        if present < self._next_look:
            return
        self._next_look = present + patience / _LOOKS
        most = 2 * self._settings.task_dispatch_ahead
        sent = await outbox.sent(most)
        missing: Collection[UUID] = ()
        if sent:
            received = await outbox.received(most)
            missing = await self._broker.without_message(sent, received)
        self._missing = {
            message: self._missing.get(message, present)
            for message in sent
            if message in self._missing or message.task_id in missing
        }
        lost = [
            message.task_id
            for message, since in self._missing.items()
            if present - since >= patience
        ]
        if lost:
            _logger.warning("messages_lost", count=len(lost))
            await outbox.forget(lost)


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
