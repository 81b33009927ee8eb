"""Runs the application under Uvicorn (S2 §3.4, §13.8)."""

import os
import shutil
import threading
from pathlib import Path
from types import FrameType
from typing import Final

import uvicorn
from uvicorn.supervisors import ChangeReload, Multiprocess

from ..core.logging import configure_logging
from ..core.settings import Settings, get_settings

_TARGET: Final = f"{__package__}.app:create_app"
_KEEP_ALIVE_SECONDS: Final = 30


class _DrainingServer(uvicorn.Server):
    """Lets readiness fail for a while before it stops (S2 §13.8)."""

    drain_seconds: float = 0.0
    _draining = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to drain; a second signal stops at once."""
        if self.drain_seconds <= 0 or self._draining:
            super().handle_exit(sig, frame)
            return
        from .lifecycle import LIFECYCLE  # noqa: PLC0415 - the worker's, not the parent's

        self._draining = True
        LIFECYCLE.drain()
        stop = super().handle_exit
        timer = threading.Timer(self.drain_seconds, stop, (sig, frame))
        timer.daemon = True
        timer.start()


def serve(settings: Settings, *, reload: bool = False) -> None:
    """Serve until a signal says otherwise; requests that have begun are finished.

    Args:
        settings: Address, workers and time limits.
        reload: Whether to start again when a source file changes.
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
        log_config=None,
        proxy_headers=False,
        reload=reload,
        reload_dirs=[str(Path(__file__).parents[1])] if reload else None,
        server_header=False,
        timeout_graceful_shutdown=round(settings.shutdown_timeout_seconds),
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        ws="none",
    )
    server = _DrainingServer(config)
    server.drain_seconds = settings.drain_seconds
    if reload:
        ChangeReload(config, target=server.run, sockets=[config.bind_socket()]).run()
    elif settings.workers > 1:
        Multiprocess(config, sockets=[config.bind_socket()]).run()
    else:
        server.run()


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
