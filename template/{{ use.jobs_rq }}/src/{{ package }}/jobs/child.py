"""The child process that RQ makes for one task, and that dies with it alone."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import FrameType
from typing import Final, override
from uuid import UUID

from pydantic import BaseModel
from rq.timeouts import BaseDeathPenalty

from ..bootstrap import open_container
from ..core.errors import UnavailableError
from ..core.logging import get_logger
from ..resilience.categories import ErrorCategory
from ..tasks.runner import TaskOutcome, TaskRunner
from .memory import answering_for_memory, limit_memory
from .orders import Orders

# Until a database that does not answer is asked again, seconds; then the message is
# lost, and the dispatcher sends another.
_PAUSES: Final = (0.5, 1, 2, 4, 8)

_logger = get_logger(__name__)


class Report(BaseModel):
    """What a child tells the worker of a try, for its metrics and its patience.

    Attributes:
        task: Name of the task.
        outcome: What became of it.
        category: What its failure means, if it failed.
        seconds: How long it took.
    """

    task: str
    outcome: str
    category: ErrorCategory | None
    seconds: float


@dataclass(slots=True)
class Child:
    """What this process was made for; RQ's forks inherit it from their worker.

    Attributes:
        orders: What it needs.
        told_to_end: Whether SIGTERM has come.
        end: Called when it comes.
    """

    orders: Orders | None = None
    told_to_end: bool = False
    end: Callable[[], object] | None = None


CHILD: Final = Child()


class KillingLimit(BaseDeathPenalty):
    """Lets the kernel end this process when its time is over, whatever it does then."""

    @override
    def setup_death_penalty(self) -> None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        seconds: int = self._timeout
        signal.alarm(seconds)

    @override
    def cancel_death_penalty(self) -> None:
        signal.alarm(0)


def prepare_child() -> None:
    """Set this process up for its task: it ends with the worker, and on SIGTERM."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGIO, signal.SIG_IGN)  # meant for the worker
    signal.signal(signal.SIGTERM, _end)
    if CHILD.orders is not None:
        limit_memory(CHILD.orders.settings)
        lifeline = CHILD.orders.lifeline
        threading.Thread(target=_die_with, args=[lifeline], daemon=True).start()


def run_task(task_id: str) -> None:
    """Run one task to its end and report it; a message calls this by its path."""
    if CHILD.orders is None:
        message = "only a worker's child runs tasks"
        raise RuntimeError(message)
    asyncio.run(_run(UUID(task_id), CHILD.orders))


def _end(number: int, frame: FrameType | None) -> None:
    del number, frame
    CHILD.told_to_end = True
    if CHILD.end is not None:
        CHILD.end()


def _die_with(lifeline: Connection) -> None:
    """Wait until the other end is closed, as it is when the worker is gone."""
    lifeline.poll(None)
    os._exit(1)


async def _run(task_id: UUID, orders: Orders) -> None:
    settings = orders.settings
    started = time.perf_counter()
    work = asyncio.create_task(_try(task_id, orders))
    loop = asyncio.get_running_loop()

    def end() -> None:  # it may take its time, then the task goes back to the queue
        loop.call_later(settings.shutdown_timeout_seconds, work.cancel)

    CHILD.end = lambda: loop.call_soon_threadsafe(end)
    if CHILD.told_to_end:
        end()
    await asyncio.wait({work})
    CHILD.end = None
    outcome = None if work.cancelled() else work.result()
    if outcome is not None:
        report = Report(
            task=outcome.name,
            outcome=outcome.outcome,
            category=outcome.category,
            seconds=time.perf_counter() - started,
        )
        orders.reports.send_bytes(report.model_dump_json().encode())


async def _try(task_id: UUID, orders: Orders) -> TaskOutcome | None:
    async with open_container(orders.settings) as container:
        registry = answering_for_memory(orders.registry())
        runner = TaskRunner(container, registry)
        for pause in _PAUSES:
            try:
                return await runner.run_one(task_id)
            except UnavailableError as error:
                _logger.warning("child_waits", reason=error.code)
                await asyncio.sleep(pause)
        return await runner.run_one(task_id)
