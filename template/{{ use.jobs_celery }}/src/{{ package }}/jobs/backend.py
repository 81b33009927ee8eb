"""Queued work by Celery's processes, told by RabbitMQ which row to take."""

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

from ..broker.connection import BrokerUnavailableError
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
_RETRY_SECONDS: Final = 2
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
    sender = Sender(make_app(settings), settings, registry)
    try:
        if await _prepared(sender, stop):
            await run_together(
                stop,
                Dispatcher(container, registry, sender).run(stop),
                CeleryPool(settings, registry, sender).run(stop),
            )
    finally:
        sender.close()


async def _prepared(sender: Sender, stop: asyncio.Event) -> bool:
    """Declare the queues; wait for a broker that does not answer yet.

    Returns:
        Whether they are there: not, when there is no use any more.
    """
    while not stop.is_set():
        try:
            await sender.prepare()
        except BrokerUnavailableError as error:
            _logger.warning("worker_waits", reason=error.code, detail=error.detail)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _RETRY_SECONDS)
        else:
            return True
    return False
