"""Starts Celery's worker as a process of its own, minds it and ends it."""

import asyncio
import contextlib
import os
import signal
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Final

from ..core.logging import get_logger
from ..resilience.categories import ErrorCategory
from ..resilience.execution import FailureStreak
from ..resilience.startup import StartupError
from ..tasks.registry import TaskRegistry
from .addresses import addresses_of
from .celery_worker import serve
from .messages import Sender

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

    from ..core.settings import Settings

# A process that begins afresh: nothing of this one may be forked.
_CONTEXT: Final = get_context("spawn")
_LAST_WORDS_SECONDS: Final = 5
_logger = get_logger(__name__)


class CeleryPool:
    """Celery's worker and the processes of its pool."""

    def __init__(
        self, settings: "Settings", registry: TaskRegistry, sender: Sender
    ) -> None:
        """Prepare the pool; `run` starts it.

        Args:
            settings: The whole configuration; the processes get the same.
            registry: What the names of tasks stand for.
            sender: Is paused after too many failures in a row.
        """
        self._settings = settings
        self._registry = registry
        self._sender = sender
        self._streak = FailureStreak(settings.max_consecutive_failures)
        self._critical = asyncio.Event()
        self._ended = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set; then end what runs, or give it back in time.

        Raises:
            StartupError: After a critical failure, or when the worker ends by itself.
        """
        reports, theirs = _CONTEXT.Pipe(duplex=False)
        process = _CONTEXT.Process(
            target=serve,
            args=(self._settings, addresses_of(self._registry), theirs),
            name="celery",
        )
        process.start()
        theirs.close()
        loop = asyncio.get_running_loop()
        loop.add_reader(reports.fileno(), self._read, reports)
        loop.add_reader(process.sentinel, self._note_end, process.sentinel)
        try:
            await _first_of(stop, self._critical, self._ended)
            await self._end(process)
        finally:
            loop.remove_reader(reports.fileno())
            loop.remove_reader(process.sentinel)
            _kill(process)
            reports.close()
        if self._critical.is_set():
            message = "A task met a critical failure; see the log."
            raise StartupError(message)
        if not stop.is_set():
            message = f"Celery's worker has ended with {process.exitcode}; see the log."
            raise StartupError(message)

    def _note_end(self, sentinel: int) -> None:
        asyncio.get_running_loop().remove_reader(sentinel)
        self._ended.set()

    def _read(self, reports: Connection) -> None:
        try:
            word = reports.recv_bytes().decode()
        except (EOFError, OSError):
            asyncio.get_running_loop().remove_reader(reports.fileno())
            return
        self._streak.record(None if word == "-" else ErrorCategory(word))
        if self._streak.stop_reason == "consecutive_failures":
            self._streak = FailureStreak(self._settings.max_consecutive_failures)
            self._sender.pause(self._settings.task_failure_pause_seconds)
            _logger.warning("worker_pauses", reason="consecutive_failures")
        elif self._streak.stop_reason == "critical":
            self._critical.set()

    async def _end(self, process: "SpawnProcess") -> None:
        """Let it end what runs; what takes too long goes back to the queue."""
        process.terminate()
        if not await self._ends_within(self._settings.shutdown_timeout_seconds):
            _signal_all(process, signal.SIGUSR2)
            await self._ends_within(_LAST_WORDS_SECONDS)

    async def _ends_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), seconds)
        return self._ended.is_set()


async def _first_of(*events: asyncio.Event) -> None:
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()


def _signal_all(process: "SpawnProcess", number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if process.pid is not None:
            os.killpg(process.pid, number)


def _kill(process: "SpawnProcess") -> None:
    """Leave nothing behind, whatever happened."""
    _signal_all(process, signal.SIGKILL)
    process.kill()
    process.join()
