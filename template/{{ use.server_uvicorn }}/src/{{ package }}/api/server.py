"""Runs the application under Uvicorn."""

import logging
import math
import os
import shutil
import signal
import time
from typing import Any, Final

import uvicorn
from uvicorn.supervisors import Multiprocess

from ..core.logging import configure_logging
from ..core.settings import Settings, get_settings

_TARGET: Final = f"{__package__}.app:create_app"
_KEEP_ALIVE_SECONDS: Final = 30
_STEP_SECONDS: Final = 0.05
# Its lines join ours: nothing of ours is reset.
_LOGGING: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"plain": {"()": f"{__name__}.PlainText"}},
    "loggers": {"uvicorn.error": {"filters": ["plain"]}},
}


class PlainText(logging.Filter):
    """Drops the second text with colours that Uvicorn adds to its lines."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line pass."""
        record.__dict__.pop("color_message", None)
        return True


class _DrainingSupervisor(Multiprocess):
    """Announces a stop to its workers before it stops them."""

    drain_seconds = 0.0

    def terminate_all(self) -> None:
        """Let readiness fail for a while; a second signal stops at once."""
        if self.drain_seconds > 0:
            for worker in self.processes:
                if worker.pid is not None:
                    os.kill(worker.pid, signal.SIGUSR1)
            end = time.monotonic() + self.drain_seconds
            while time.monotonic() < end and not self.signal_queue:
                time.sleep(_STEP_SECONDS)
        super().terminate_all()


def serve(settings: Settings) -> None:
    """Serve until a signal says otherwise; requests that have begun are finished.

    Args:
        settings: Address, workers and time limits.
    """
    configure_logging(settings)
    config = uvicorn.Config(
        _TARGET,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        backlog=settings.backlog,
        factory=True,
        access_log=False,
        log_config=_LOGGING,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=round(settings.shutdown_timeout_seconds),
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        # A worker is killed when it is silent for as long as no request may take. The
        # usual five seconds would cost a busy host what a waiting worker has begun.
        timeout_worker_healthcheck=math.ceil(settings.request_timeout_seconds),
        ws="none",
    )
    sockets = [config.bind_socket()]
    supervisor = _DrainingSupervisor(config, sockets)
    supervisor.drain_seconds = settings.drain_seconds
    supervisor.run()


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
