"""Whether this process should get requests: started, draining."""

import asyncio
import signal
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import parent_process

from ..core.logging import get_logger

_log = get_logger(__name__)


@dataclass(slots=True)
class Lifecycle:
    """The state of one worker.

    Attributes:
        started: Whether everything is open.
        draining: Whether the server is about to stop.
        schema_seen: Whether the database once had the schema that the code needs.
    """

    started: bool = False
    draining: bool = False
    schema_seen: bool = False

    def drain(self) -> None:
        """Fail readiness from now on, so that no new requests are sent here."""
        if not self.draining:
            self.draining = True
            _log.info("draining")


# One for each process: the server's signal handler has no other way to reach it.
LIFECYCLE = Lifecycle()


@contextmanager
def draining_on_signal(lifecycle: Lifecycle) -> Generator[None]:
    """Let the supervising process announce the stop by SIGUSR1.

    It alone decides when a worker stops: a terminal sends Ctrl-C to both, and a worker
    that went by itself would neither drain nor look like anything but a crash.
    """
    if not hasattr(signal, "SIGUSR1"):
        yield
        return
    loop = asyncio.get_running_loop()
    try:
        loop.add_signal_handler(signal.SIGUSR1, lifecycle.drain)
        if parent_process() is not None:
            ignored = "interrupt left to the supervisor"
            loop.add_signal_handler(signal.SIGINT, _log.debug, ignored)
    except (RuntimeError, ValueError):
        # Not the main thread, as in tests: nobody will send the signal.
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGUSR1)
