"""Runs the application under Uvicorn."""

import logging
import math
import os
import shutil
import signal
import sys
import time
from typing import Any, Final

import uvicorn
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from ..core.logging import configure_logging, get_logger
from ..core.settings import Settings, get_settings
from .supervision import Respawns, forget_gauges

_log = get_logger(__name__)
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


class _Supervisor(Multiprocess):
    """Replaces workers that end, and announces a stop before it stops them."""

    drain_seconds = 0.0
    failed = False

    def init_processes(self) -> None:
        """Start all workers."""
        super().init_processes()
        self._respawns = Respawns()
        self._buried: set[Process] = set()
        self._silent: dict[Process, float] = {}
        for slot in range(len(self.processes)):
            self._respawns.started(slot)

    def restart_all(self) -> None:
        """Replace every worker by a new one, and forget the former ones."""
        former = list(self.processes)
        super().restart_all()
        for slot, worker in enumerate(former):
            if worker not in self.processes:
                forget_gauges(worker.pid)
                self._buried.discard(worker)
                self._respawns.started(slot)

    def keep_subprocess_alive(self) -> None:
        """Go on as long as a worker can: its own loop ends with a failed start."""
        for slot, worker in enumerate(self.processes):
            if worker not in self._buried and not self._lives(worker):
                self._bury(slot, worker)
        for slot in self._respawns.due():
            self._buried.discard(self.processes[slot])
            self.processes[slot] = worker = Process(self.config, self.sockets)
            worker.start()
            self._respawns.started(slot)

    def _lives(self, worker: Process) -> bool:
        """Say whether one runs and is not silent for too long; never wait for it.

        The library's own question is answered only after that time when the worker dies
        before it can, and all others would stay unwatched meanwhile.
        """
        if worker.is_alive(_STEP_SECONDS):
            self._silent.pop(worker, None)
            return True
        since = self._silent.setdefault(worker, time.monotonic())
        patience = self.config.timeout_worker_healthcheck
        return worker.process.is_alive() and time.monotonic() - since < patience

    def _bury(self, slot: int, worker: Process) -> None:
        """Take note of one that ended or hangs."""
        hung = worker.process.is_alive()
        worker.kill()
        worker.join()
        exit_code = None if hung else worker.exitcode
        _log.error("worker ended", pid=worker.pid, exit_code=worker.exitcode)
        forget_gauges(worker.pid)
        self._silent.pop(worker, None)
        self._buried.add(worker)
        self._respawns.ended(slot, exit_code)
        if self._respawns.hopeless(exit_code):
            self.failed = True
            self.should_exit.set()

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
    supervisor = _Supervisor(config, sockets)
    supervisor.drain_seconds = settings.drain_seconds
    supervisor.run()
    if supervisor.failed:
        sys.exit(1)


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
