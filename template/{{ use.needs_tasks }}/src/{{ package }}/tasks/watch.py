"""A look at the queue now and then, by whoever works on it."""

import time
from typing import TYPE_CHECKING

from .dead_letters import DeadLetters
from .recovery import TaskKeeper
from .registry import TaskRegistry

if TYPE_CHECKING:
    from ..bootstrap import Container


class TaskWatch:
    """Finds work that was lost, and measures what waits."""

    def __init__(self, container: "Container", registry: TaskRegistry) -> None:
        """Prepare the watch; the first look is due at once."""
        settings = container.settings
        self._dead_letters = DeadLetters(container, registry)
        self._keeper = TaskKeeper(container.database, settings, settings)
        self._pause_seconds = settings.task_recovery_interval_seconds
        self._registry = registry
        self._next = 0.0

    async def look(self) -> None:
        """Recover and measure, unless the last look is more recent than its interval.

        Raises:
            UnavailableError: The database does not answer.
        """
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self._pause_seconds
        await self._keeper.recover(self._dead_letters.give_up)
        await self._keeper.measure(self._registry)
