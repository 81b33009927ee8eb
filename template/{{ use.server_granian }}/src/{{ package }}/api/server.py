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

from ..core.logging import configure_logging, get_logger
from ..core.settings import Settings, get_settings
from .supervision import Respawns, forget_gauges

_log = get_logger(__name__)
_TARGET: Final = f"{__package__}.app:create_app"
# Its lines join ours: no handlers of its own, and nothing of ours reset.
_LOGGING: Final[dict[str, Any]] = {
    "incremental": True,
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"level": "INFO", "propagate": True}},
}


class _Supervisor(MPServer):
    """Replaces workers that end, and announces a stop before it stops them."""

    drain_seconds = 0.0
    interrupt_children: list[int]
    wrks: list[Any]
    _announced = False
    _respawns: Respawns

    def _serve_loop(self, spawn_target: Any, target_loader: Any) -> None:  # noqa: ANN401 - as the base class
        """Go on as long as a worker can: its own loop ends with the second death."""
        untyped: Any = self
        self._respawns = Respawns()
        for slot in range(len(self.wrks)):
            self._respawns.started(slot)
        while True:
            untyped.main_loop_interrupt.wait(self._respawns.seconds())
            untyped.main_loop_interrupt.clear()
            if untyped.interrupt_signal or self._bury():
                return
            if untyped.reload_signal:
                untyped._reload(spawn_target, target_loader)  # noqa: SLF001 - our own
            for slot in self._respawns.due():
                self._respawn_workers([slot], spawn_target, target_loader)

    def _respawn_workers(
        self,
        workers: list[int],
        spawn_target: Any,  # noqa: ANN401 - as the base class
        target_loader: Any,  # noqa: ANN401 - as the base class
        delay: float = 0,
    ) -> None:
        """Start the next workers of these places, and forget the former ones."""
        former = [self.wrks[slot].inner.pid for slot in workers]
        for slot in workers:
            self._respawns.started(slot)
        untyped: Any = super()
        untyped._respawn_workers(workers, spawn_target, target_loader, delay)  # noqa: SLF001 - the base class's
        for pid in former:
            forget_gauges(pid)

    def _bury(self) -> bool:
        """Take note of those that ended; return whether there is no point in more."""
        while self.interrupt_children:
            slot = self.interrupt_children[0]
            ended = self.wrks[slot].inner
            _log.error("worker ended", pid=ended.pid, exit_code=ended.exitcode)
            forget_gauges(ended.pid)
            self._respawns.ended(slot, ended.exitcode)
            if self._respawns.hopeless(ended.exitcode):
                return True  # the one left in the list makes the exit code 1
            del self.interrupt_children[0]
        return False

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
    server = _Supervisor(
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
