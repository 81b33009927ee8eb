"""Runs the application under Granian."""

import os
import shutil
import signal
import threading
from multiprocessing import active_children
from typing import Any, Final

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from ..core.logging import configure_logging
from ..core.settings import Settings, get_settings

_TARGET: Final = f"{__package__}.app:create_app"
# Its lines join ours: no handlers of its own, and nothing of ours reset.
_LOGGING: Final[dict[str, Any]] = {
    "incremental": True,
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"level": "INFO", "propagate": True}},
}


class _DrainingServer(MPServer):
    """Announces a stop to its workers before it stops them."""

    drain_seconds = 0.0
    _announced = False

    def signal_handler_interrupt(self, *_: Any, **__: Any) -> None:  # noqa: ANN401 - as the base class
        """Let readiness fail for a while; a second signal stops at once."""
        if self.drain_seconds > 0 and not self._announced:
            self._announced = True
            for worker in active_children():
                if worker.pid is not None:
                    os.kill(worker.pid, signal.SIGUSR1)
            timer = threading.Timer(self.drain_seconds, self._stop)
            timer.daemon = True
            timer.start()
            return
        self._stop()

    def _stop(self) -> None:
        super().signal_handler_interrupt()  # type: ignore[no-untyped-call] # not ours


def serve(settings: Settings) -> None:
    """Serve until a signal says otherwise; requests that have begun are finished.

    Args:
        settings: Address, workers and time limits.
    """
    server = _DrainingServer(
        _TARGET,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        backlog=settings.backlog,
        factory=True,
        log_access=False,
        log_dictconfig=_LOGGING,
        log_level=LogLevels.info,
        respawn_failed_workers=True,
        websockets=False,
        workers_kill_timeout=round(settings.shutdown_timeout_seconds),
    )
    server.drain_seconds = settings.drain_seconds
    configure_logging(settings)
    server.serve()


def main() -> None:
    """Serve with the settings of the environment; `serve` starts this module."""
    try:
        serve(get_settings())
    finally:
        folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")  # nosemgrep - set by serve
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
