"""`worker`: the process that works in the background."""

import asyncio
import contextlib
import signal
from collections.abc import Generator
from typing import Final

from prometheus_client import start_http_server

from ..bootstrap import Container
from ..command import run_with_container
from ..core.errors import UnavailableError
from ..core.logging import get_logger
from ..core.metrics import readable_registry
from ..resilience.startup import StartupError
from ..startup import start
from ..tasks.catalogue import TASKS
from . import backend
from .config import WorkerSettings

_RETRY_SECONDS: Final = 2
_logger = get_logger(__name__)


def worker() -> None:
    """Do scheduled and queued work until SIGTERM, then end what has begun."""
    run_with_container(_work)


async def _work(container: Container) -> None:
    stop = told_to_stop()
    if not await start_when_possible(container, stop):
        return
    with metrics_server(container.settings):
        _logger.info("worker_started", backend=backend.NAME)
        await backend.work(container, TASKS, stop)
    _logger.info("worker_stopped")


async def start_when_possible(container: Container, stop: asyncio.Event) -> bool:
    """Run the steps of the start; what does not answer yet is waited for.

    Args:
        container: The parts of the service.
        stop: Once set, there is no use in waiting.

    Returns:
        Whether all steps are done.

    Raises:
        StartupError: A step failed, and time will not mend that.
    """
    while not stop.is_set():
        try:
            await container.database.ping()
            await start(container)
        except (StartupError, UnavailableError) as error:
            cause = error.__cause__ if isinstance(error, StartupError) else error
            if not isinstance(cause, UnavailableError):
                raise
            _logger.warning("start_waits", reason=cause.code, detail=cause.detail)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _RETRY_SECONDS)
        else:
            return True
    return False


def told_to_stop() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


@contextlib.contextmanager
def metrics_server(settings: WorkerSettings) -> Generator[None]:
    """Show the metrics of this worker for as long as the enclosed code runs.

    Raises:
        OSError: The port is taken.
    """
    if settings.worker_metrics_port == 0:
        yield
        return
    server, thread = start_http_server(
        settings.worker_metrics_port, settings.worker_metrics_host, readable_registry()
    )
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
