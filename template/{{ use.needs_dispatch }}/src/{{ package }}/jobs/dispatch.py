"""Telling a message broker which rows of the table are due (S0 §3.2).

The table decides: it holds every task with its state, its tries and their times. The
broker only tells a worker which row to take. A message that is lost is sent again, and
one that comes twice finds its row taken.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from ..core.errors import AppError
from ..core.logging import get_logger
from ..tasks.registry import TaskRegistry
from ..tasks.repository import TaskRepository
from ..tasks.watch import TaskWatch

if TYPE_CHECKING:
    from ..bootstrap import Container

type Deliver = Callable[[Sequence[UUID]], Awaitable[None]]

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
            deliver: Sends ids to the broker; an `AppError` means that it does not
                answer, and they are tried again.
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
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), self._settings.task_poll_seconds)

    async def dispatch(self) -> int:
        """Hand over once what is due; nothing in dry-run mode.

        Returns:
            How many were handed over.

        Raises:
            AppError: The database or the broker does not answer; nothing is marked.
        """
        if self._settings.dry_run_mode:
            return 0
        async with self._database.unit_of_work() as uow:
            due = await TaskRepository(uow.session).take_undispatched(
                self._settings.task_dispatch_batch,
                self._settings.task_redispatch_seconds,
            )
            if due:
                await self._deliver([task.id for task in due])
        return len(due)
