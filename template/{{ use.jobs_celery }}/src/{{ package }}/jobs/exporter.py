"""What Celery's workers say of themselves, as metrics."""

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final, override

from celery import Celery
from celery.events import EventReceiver
from kombu import Connection
from prometheus_client import Counter, Gauge

from ..broker.connection import BROKER_ERRORS
from ..command import prepare
from ..core.logging import get_logger
from ..core.metrics import REGISTRY
from .celery_app import make_app
from .command import metrics_server, told_to_stop

if TYPE_CHECKING:
    from ..core.settings import Settings

EVENTS: Final = Counter(
    "celery_events_total",
    "What became of messages, and signs of life, by kind",
    ["type"],
    registry=REGISTRY,
)
WORKERS: Final = Gauge(
    "celery_workers_online",
    "Workers that have given a sign of life lately",
    multiprocess_mode="mostrecent",
    registry=REGISTRY,
)
# Shown from the beginning, so that the first failure is an increase.
_KINDS: Final = ("task-failed", "task-rejected", "task-retried", "task-succeeded")
# Workers give a sign every two seconds.
_SILENCE_SECONDS: Final = 15
_PAUSE_SECONDS: Final = 2
_logger = get_logger(__name__)


class Monitor:
    """Counts events, and remembers who has spoken."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self._heard: dict[str, float] = {}
        WORKERS.set_function(self.online)
        for kind in _KINDS:
            EVENTS.labels(type=kind)

    def note(self, event: dict[str, Any]) -> None:
        """Take one event; it is called in a thread of its own."""
        kind, worker = str(event["type"]), str(event["hostname"])
        EVENTS.labels(type=kind).inc()
        if kind == "worker-offline":
            self._heard.pop(worker, None)
        elif kind.startswith("worker-"):
            self._heard[worker] = time.monotonic()

    def online(self) -> int:
        """Return how many workers have given a sign lately; forget the others."""
        silent = time.monotonic() - _SILENCE_SECONDS
        for worker, heard in list(self._heard.items()):
            if heard < silent:
                self._heard.pop(worker, None)
        return len(self._heard)


class Listener(EventReceiver):
    """Celery's receiver, which gives up when it is told to or the broker is away."""

    connect_max_retries = 1

    def __init__(
        self,
        connection: Connection,
        app: "Celery[Any]",
        monitor: Monitor,
        stop: asyncio.Event,
    ) -> None:
        """Hear what is said to this application."""
        super().__init__(connection, {"*": monitor.note}, app=app)
        self._stop = stop

    @override
    def on_iteration(self) -> None:
        """Look, at least once a second, whether to go on."""
        self.should_stop = self._stop.is_set()


def exporter() -> None:
    """Show what Celery's workers say as metrics, until SIGTERM."""
    asyncio.run(_export(prepare()))


async def _export(settings: "Settings") -> None:
    stop = told_to_stop()
    with metrics_server(settings):
        await export_events(settings, stop)


async def export_events(settings: "Settings", stop: asyncio.Event) -> None:
    """Count events until `stop` is set; a broker that is away is waited for."""
    app = make_app(settings)
    monitor = Monitor()

    def listen() -> None:
        with app.connection_for_read() as connection:
            Listener(connection, app, monitor, stop).capture(wakeup=False)

    while not stop.is_set():
        try:
            await asyncio.to_thread(listen)
        except BROKER_ERRORS as error:
            _logger.warning("exporter_waits", reason=type(error).__name__)
            await asyncio.sleep(_PAUSE_SECONDS)
