"""`worker`: the process that works in the background."""

import asyncio
import contextlib
import signal
from collections.abc import Generator

from prometheus_client import start_http_server

from ..bootstrap import Container
from ..command import run_with_container
from ..core.logging import get_logger
from ..core.metrics import readable_registry
from ..startup import start
from ..tasks.catalogue import TASKS
from . import backend
from .config import WorkerSettings

_logger = get_logger(__name__)


def worker() -> None:
    """Do scheduled and queued work until SIGTERM, then end what has begun."""
    run_with_container(_work)


async def _work(container: Container) -> None:
    stop = told_to_stop()
    await start(container)
    with metrics_server(container.settings):
        _logger.info("worker_started", backend=backend.NAME)
        await backend.work(container, TASKS, stop)
    _logger.info("worker_stopped")


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
