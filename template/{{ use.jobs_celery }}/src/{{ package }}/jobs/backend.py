"""Queued work by Celery's processes, told by RabbitMQ which row to take."""

import asyncio
from typing import TYPE_CHECKING, Final

from ..broker.connection import ping_broker
from ..core.logging import get_logger
from ..tasks.registry import TaskRegistry
from ..tasks.worker import TaskWorker
from .beat import run_schedule
from .celery_app import make_app
from .dispatch import Dispatcher
from .messages import Sender
from .pool import CeleryPool
from .schedule import SCHEDULE
from .together import run_together

if TYPE_CHECKING:
    from ..bootstrap import Container

NAME: Final = "celery"
_logger = get_logger(__name__)


async def work(
    container: "Container", registry: TaskRegistry, stop: asyncio.Event
) -> None:
    """Tell the broker what is due and run Celery's worker.

    It keeps the schedule too, unless a beat of its own does. Development may do without
    a broker: then this process takes the rows itself.

    Args:
        container: The parts of the service.
        registry: What the names of tasks stand for.
        stop: Once set, nothing more is begun.

    Raises:
        StartupError: After a critical failure: the machine is not fit to work.
        UnavailableError: The broker does not answer at the start.
    """
    settings = container.settings
    if settings.broker_url is None:
        _logger.warning("broker_absent", hint="set BROKER_URL to work as deployed")
        loops = [TaskWorker(container, registry).run(stop)]
    else:
        loops = [_work(container, registry, stop)]
    if settings.worker_schedules:
        loops.append(run_schedule(container, SCHEDULE, stop))
    await run_together(stop, *loops)


async def _work(
    container: "Container", registry: TaskRegistry, stop: asyncio.Event
) -> None:
    settings = container.settings
    await ping_broker(settings)
    sender = Sender(make_app(settings), settings, registry)
    try:
        await sender.prepare()
        await run_together(
            stop,
            Dispatcher(container, registry, sender.send).run(stop),
            CeleryPool(settings, registry, sender).run(stop),
        )
    finally:
        sender.close()
