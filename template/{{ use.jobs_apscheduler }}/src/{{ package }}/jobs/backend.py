"""Queued work straight from the table, scheduled work by APScheduler."""

import asyncio
from typing import TYPE_CHECKING, Final

from ..tasks.registry import TaskRegistry
from ..tasks.worker import TaskWorker
from .leader import while_leading
from .scheduler import run_schedule
from .together import run_together

if TYPE_CHECKING:
    from ..bootstrap import Container

NAME: Final = "apscheduler"


async def work(
    container: "Container", registry: TaskRegistry, stop: asyncio.Event
) -> None:
    """Run tasks; one worker of all runs the schedule as well.

    Args:
        container: The parts of the service.
        registry: What the names of tasks stand for.
        stop: Once set, nothing more is begun.

    Raises:
        StartupError: After a critical failure: the machine is not fit to work.
    """

    async def schedule(ended: asyncio.Event) -> None:
        await run_schedule(container, ended)

    await run_together(
        stop,
        while_leading(container, stop, schedule),
        TaskWorker(container, registry).run(stop),
    )
