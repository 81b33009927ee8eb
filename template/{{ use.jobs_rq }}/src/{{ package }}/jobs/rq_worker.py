"""RQ's worker: a process without threads or open databases, so that it can fork."""

import asyncio
import contextlib
import fcntl
import gc
import os
import signal
import sys
from multiprocessing.connection import Connection
from types import FrameType
from typing import Final, override

from rq import Queue, Worker
from rq.job import Job
from rq.serializers import JSONSerializer

from ..bootstrap import open_container
from ..core.logging import configure_logging, get_logger
from ..core.settings import Settings
from ..redis.client import connect
from .broker import FUNCTION, queue
from .child import CHILD, KillingLimit, prepare_child
from .orders import Orders

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
_logger = get_logger(__name__)


def run_worker(orders: Orders) -> None:
    """Take messages until SIGTERM, or until whoever started this is gone.

    Args:
        orders: What this process needs.
    """
    settings = orders.settings
    configure_logging(settings, stream=sys.stderr)
    CHILD.orders = orders
    _end_with(orders.lifeline)
    asyncio.run(_warm_up(settings))
    gc.freeze()  # children then share what is here instead of copying it
    client = connect(settings)
    worker = ForkingWorker(
        [queue(client)],
        connection=client,
        serializer=JSONSerializer,
    )
    worker.work(logging_level="WARNING")


async def _warm_up(settings: Settings) -> None:
    """Open all parts once: children then find what takes a while at the first time.

    Nothing of it stays open, neither a connection nor a thread.
    """
    async with open_container(settings):
        pass


def _end_with(lifeline: Connection) -> None:
    """End when the other end is closed; a signal says so, since no thread may."""
    signal.signal(signal.SIGIO, _end_at_once)
    fcntl.fcntl(lifeline.fileno(), fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline.fileno(), fcntl.F_SETFL, os.O_ASYNC)
    if lifeline.poll(0):
        os._exit(1)


def _end_at_once(number: int, frame: FrameType | None) -> None:
    del number, frame
    os._exit(1)


class ForkingWorker(Worker):
    """One task at a time, each in a child; RQ decides nothing about its retries."""

    @override
    def subscribe(self) -> None:
        """Take no commands from Valkey: hearing them would need a thread."""

    @override
    def request_force_stop(self, signum: int, frame: FrameType | None) -> None:
        """Pass over a second signal: who sent the first one waits, and then kills."""
        del signum, frame

    @override
    def handle_warm_shutdown_request(self) -> None:
        """Tell the child that it has to come to its end."""
        if self.horse_pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.horse_pid, signal.SIGTERM)

    @override
    def fork_work_horse(self, job: Job, queue: Queue) -> None:
        """Fork while no signal of this process can reach the child instead."""
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            super().fork_work_horse(job, queue)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)

    @override
    def setup_work_horse_signals(self) -> None:
        """Begin the life of the child."""
        self.death_penalty_class = KillingLimit
        prepare_child()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)

    @override
    def perform_job(self, job: Job, queue: Queue) -> bool:
        """Run the task; a message that names another function is refused."""
        if job.func_name != FUNCTION:
            _logger.error("message_refused", function=job.func_name)
            message = "a message may not name a function"
            raise ValueError(message)
        return super().perform_job(job, queue)
