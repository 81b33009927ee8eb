"""Queued work through RQ, in processes that can be killed."""

import asyncio
import sys
from typing import TYPE_CHECKING, Final

from ..resilience.startup import StartupError
from ..tasks.registry import TaskRegistry
from .announce import announce
from .broker import RqBroker
from .dispatch import Dispatcher
from .schedule import SCHEDULE
from .together import run_together

if TYPE_CHECKING:
    from ..bootstrap import Container

NAME: Final = "rq"


async def work(
    container: "Container", registry: TaskRegistry, stop: asyncio.Event
) -> None:
    """Tell RQ what is due, announce the schedule, and run RQ's processes.

    Args:
        container: The parts of the service.
        registry: What the names of tasks stand for.
        stop: Once set, nothing more is begun.

    Raises:
        StartupError: After a critical failure: the machine is not fit to work. At once
            on Windows, which cannot fork.
    """
    if sys.platform == "win32":
        message = "RQ makes its processes by fork, which Windows does not have."
        raise StartupError(message, hint="Run the worker in WSL or in its container.")
    from .processes import run_processes  # noqa: PLC0415 - not to be had on Windows

    broker = RqBroker(container, registry)
    await run_together(
        stop,
        Dispatcher(container, registry, broker).run(stop),
        announce(container, SCHEDULE, stop),
        run_processes(container, registry, stop),
    )
