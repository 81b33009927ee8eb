"""RQ's worker processes: started, watched, replaced, ended."""

import asyncio
import contextlib
import multiprocessing
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Final

from ..core.logging import get_logger
from ..core.metrics import ERRORS
from ..resilience.execution import FailureStreak
from ..resilience.startup import StartupError
from ..tasks.metrics import TASK_DURATION, TASKS_FINISHED
from ..tasks.registry import TaskRegistry
from .child import Report
from .orders import Orders, paths
from .rq_worker import run_worker

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerProcess

    from ..bootstrap import Container

# A clean process forks the workers, so that they share memory and inherit no loop,
# no thread and no connection of this one.
_CONTEXT: Final = multiprocessing.get_context("forkserver")
_COUNTED: Final = frozenset({"succeeded", "failed", "dead"})
# To end after the last task has ended or was given back, seconds.
_ENDING_SECONDS: Final = 5
_RESTART_SECONDS: Final = 1

_logger = get_logger(__name__)


async def run_processes(
    container: "Container", registry: TaskRegistry, stop: asyncio.Event
) -> None:
    """Keep `WORKER_PROCESSES` workers running until `stop` is set.

    After too many failures in a row all of them pause.

    Args:
        container: The parts of the service.
        registry: What the names of tasks stand for.
        stop: Once set, they end what runs, or give it back in time.

    Raises:
        StartupError: After a critical failure: the machine is not fit to work.
    """
    settings = container.settings
    _CONTEXT.set_forkserver_preload(["__main__", run_worker.__module__])
    while not stop.is_set():
        streak = FailureStreak(settings.max_consecutive_failures)
        await _Round(container, registry, streak).run(stop)
        if streak.stop_reason == "critical":
            message = "A task met a critical failure; see the log."
            raise StartupError(message)
        if streak.stop_reason is not None:
            _logger.warning("worker_pauses", reason=streak.stop_reason)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), settings.task_failure_pause_seconds)


class _Round:
    """The processes from one start to their common end."""

    def __init__(
        self, container: "Container", registry: TaskRegistry, streak: FailureStreak
    ) -> None:
        self._settings = container.settings
        self._streak = streak
        self._tasks = paths(registry)
        self._over = asyncio.Event()
        self._reports, self._reported = _CONTEXT.Pipe(duplex=False)

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set or the failures say so."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self._reports.fileno(), self._take_reports)
        stopping = asyncio.create_task(_pass_on(stop, self._over))
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._settings.worker_processes):
                    group.create_task(self._keep())
        finally:
            stopping.cancel()
            self._take_reports()
            loop.remove_reader(self._reports.fileno())
            self._reports.close()
            self._reported.close()

    async def _keep(self) -> None:
        """Keep one worker running, and see to its end."""
        while not self._over.is_set():
            lifeline, held = _CONTEXT.Pipe(duplex=False)
            with lifeline, held:  # what still runs when it is let go dies
                orders = Orders(self._settings, self._tasks, lifeline, self._reported)
                process = _CONTEXT.Process(target=run_worker, args=[orders])
                await asyncio.to_thread(process.start)
                await _first(_ended(process), self._over.wait())
                await self._end(process)
            await _ended(process)
            process.close()

    async def _end(self, process: "ForkServerProcess") -> None:
        if process.is_alive():
            process.terminate()
            seconds = self._settings.shutdown_timeout_seconds + _ENDING_SECONDS
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(_ended(process), seconds)
        else:
            _logger.warning("worker_process_lost", exit_code=process.exitcode)
            await asyncio.sleep(_RESTART_SECONDS)

    def _take_reports(self) -> None:
        while self._reports.poll(0):
            self._note(Report.model_validate_json(self._reports.recv_bytes()))

    def _note(self, report: Report) -> None:
        TASK_DURATION.labels(task=report.task).observe(report.seconds)
        TASKS_FINISHED.labels(task=report.task, outcome=report.outcome).inc()
        if report.category is not None:
            ERRORS.labels(category=report.category).inc()
        if report.outcome in _COUNTED:
            self._streak.record(report.category)
        if self._streak.stop_reason is not None:
            self._over.set()


async def _pass_on(stop: asyncio.Event, over: asyncio.Event) -> None:
    await stop.wait()
    over.set()


async def _ended(process: "ForkServerProcess") -> None:
    """Wait for the end of a process without a thread."""
    loop = asyncio.get_running_loop()
    done = asyncio.Event()
    loop.add_reader(process.sentinel, done.set)
    try:
        await done.wait()
    finally:
        loop.remove_reader(process.sentinel)


async def _first(*waits: Coroutine[Any, Any, object]) -> None:
    """Wait until one of them is done, and give up the others."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
