"""A process that runs tasks until it is told to stop."""

import asyncio
import contextlib
from typing import TYPE_CHECKING

from ..core.errors import AppError
from ..core.logging import get_logger
from ..resilience.startup import StartupError
from .registry import TaskRegistry
from .runner import DrainReport, TaskRunner
from .watch import TaskWatch

if TYPE_CHECKING:
    from ..bootstrap import Container

_logger = get_logger(__name__)


class TaskWorker:
    """Drains the queue again and again, and looks for lost work in between."""

    def __init__(self, container: "Container", registry: TaskRegistry) -> None:
        """Prepare the worker; `run` starts it."""
        settings = container.settings
        self._settings = settings
        self._runner = TaskRunner(container, registry)
        self._watch = TaskWatch(container, registry)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then end what runs, or give it back in time.

        A database that does not answer is waited for. After too many failures in a
        row the worker pauses.

        Raises:
            StartupError: After a critical failure: the machine is not fit to work.
        """
        while not stop.is_set():
            pause = self._settings.task_poll_seconds
            try:
                await self._watch.look()
                report = await self._drain(stop)
            except AppError as error:
                _logger.warning("worker_waits", reason=error.code)
                report = DrainReport()
            if report.stop_reason == "critical":
                message = "A task met a critical failure; see the log."
                raise StartupError(message)
            if report.stop_reason == "consecutive_failures":
                pause = self._settings.task_failure_pause_seconds
            if report.stop_reason or not report.outcomes:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pause)

    async def _drain(self, stop: asyncio.Event) -> DrainReport:
        work = asyncio.create_task(self._runner.drain(stop=stop))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
            seconds = self._settings.shutdown_timeout_seconds
            await asyncio.wait({work}, timeout=seconds if stop.is_set() else None)
        finally:
            stopping.cancel()
            if not work.done():  # its tasks go back to the queue
                work.cancel()
                await asyncio.wait({work})
        return DrainReport() if work.cancelled() else work.result()
