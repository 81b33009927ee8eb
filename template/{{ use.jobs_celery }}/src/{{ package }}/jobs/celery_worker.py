"""Celery's worker, in a process that has begun afresh.

Its pool forks. So it runs no event loop and opens no connection to the database: it
reads messages and hands them on.
"""

import logging
import os
import signal
import socket
import sys
from contextlib import suppress
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Final

from celery import Celery, platforms, signals

from ..core.logging import configure_logging
from ..core.settings import get_settings
from ..tasks.catalogue import TASKS
from ..tasks.runner import TaskOutcome
from .addresses import registry_at
from .celery_app import make_app
from .messages import add_receivers
from .pool_process import PoolProcess

if TYPE_CHECKING:
    from ..core.settings import Settings

_COUNTED: Final = frozenset({"succeeded", "failed", "dead"})
_LONGEST_NAP_SECONDS: Final = 0.3


def serve(settings: "Settings", addresses: list[str], reports: Connection) -> None:
    """Read messages until SIGTERM; the process that has started this one is told.

    Args:
        settings: The whole configuration.
        addresses: Where the definitions of the tasks are.
        reports: Gets the category of each failure, empty for a success.
    """
    os.setpgid(0, 0)  # so that the pool can be told, and ended, as a whole
    # Never without the process that minds it, where the system offers that.
    platforms.set_pdeathsig("SIGKILL")  # type: ignore[attr-defined] # not in its types
    parent = parent_process()
    if parent is None or not parent.is_alive():  # it was gone before that
        sys.exit(1)
    signal.signal(signal.SIGUSR2, signal.SIG_IGN)  # is for the pool
    configure_logging(settings, stream=sys.stderr)
    for name in ("celery.app.trace", "celery.worker.strategy"):
        logging.getLogger(name).setLevel(logging.WARNING)  # the runner logs each task

    def report(outcome: TaskOutcome) -> None:
        if outcome.outcome in _COUNTED:
            with suppress(OSError):
                # Shorter than a pipe's unit: several processes may write at once.
                reports.send_bytes((outcome.category or "-").encode())

    app = make_app(settings)
    equip(app, PoolProcess(settings, registry_at(addresses), report))
    worker = app.Worker(
        hostname=f"{os.getpid()}@{socket.gethostname()}",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
    )
    worker.start()
    sys.exit(worker.exitcode or 0)


def ready_app() -> "Celery[Any]":
    """Make the application of `celery -A`, for a worker and for looking at workers.

    It takes settings and tasks as they are deployed, and reports nothing.
    """
    settings = get_settings()
    app = make_app(settings)
    equip(app, PoolProcess(settings, TASKS, lambda _: None))
    return app


def equip(app: "Celery[Any]", process: PoolProcess) -> None:
    """Let the pool of a worker do what the rows of its messages say.

    Args:
        app: Its application.
        process: What each process of the pool will be.
    """

    def keep_logging(**_: object) -> None:
        """Tell Celery that logging is set up."""

    def give_back(_number: int, _frame: object) -> None:
        process.give_back()

    def begin(**_: object) -> None:
        signal.signal(signal.SIGUSR2, give_back)
        process.begin()

    def end(exitcode: int = 0, **_: object) -> None:
        process.close()
        os._exit(exitcode)  # at once: what the pool would do a second later

    def stay_awake(sender: Any, **_: object) -> None:  # noqa: ANN401 - Celery's consumer
        # Signals are seen between two events, and there may be none for long.
        sender.hub.call_repeatedly(_LONGEST_NAP_SECONDS, int)

    signals.setup_logging.connect(keep_logging, weak=False)
    signals.worker_process_init.connect(begin, weak=False)
    signals.worker_ready.connect(stay_awake, weak=False)
    signals.worker_process_shutdown.connect(end, weak=False)
    add_receivers(app, process.run, process.registry)
