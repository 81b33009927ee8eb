"""What the broker carries: the id of a row, and nothing else."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from celery import Celery
from celery.app.task import Task as CeleryTask
from celery.exceptions import Reject
from kombu import Queue
from pydantic import BaseModel, ConfigDict, ValidationError

from ..broker.connection import BROKER_ERRORS, BrokerUnavailableError
from ..core.errors import UnavailableError
from ..core.logging import get_logger
from ..tasks.models import Task
from ..tasks.registry import TaskRegistry
from .celery_app import dead_letters_of, interrupted_after, queue_of
from .dispatch import hard_limit_seconds

if TYPE_CHECKING:
    from ..core.settings import Settings

TASK_NAME: Final = "tasks.run"
_MOST_RETRIES: Final = 5
_LONGEST_BACKOFF_SECONDS: Final = 60
_logger = get_logger(__name__)


class TaskMessage(BaseModel):
    """The schema of a message.

    Attributes:
        task_id: The row of the tasks table that is due.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    task_id: UUID


def add_receiver(
    app: "Celery[Any]", run: Callable[[UUID], object]
) -> "CeleryTask[Any, Any]":
    """Tell an application what to do with a message.

    Celery tries the delivery again, at growing intervals, while the database does not
    answer. Whether the work itself is tried again is the table's decision.

    Args:
        app: The application.
        run: Does what the row says; called in a process of the pool.

    Returns:
        Celery's task, by which messages are sent.
    """

    def receive(**body: object) -> None:
        try:
            message = TaskMessage.model_validate(body)
        except ValidationError as error:
            _logger.warning("message_unreadable", problems=error.error_count())
            raise Reject(reason="unreadable", requeue=False) from error
        run(message.task_id)

    define = app.task(
        name=TASK_NAME,
        autoretry_for=(UnavailableError, OSError),
        max_retries=_MOST_RETRIES,
        retry_backoff=True,
        retry_backoff_max=_LONGEST_BACKOFF_SECONDS,
        retry_jitter=True,
    )
    receiver: CeleryTask[Any, Any] = define(receive)
    return receiver


class Sender:
    """Sends messages, each confirmed by the broker."""

    def __init__(
        self, app: "Celery[Any]", settings: "Settings", registry: TaskRegistry
    ) -> None:
        """Prepare to send; the connection is made with the first message."""
        self._app = app
        self._registry = registry
        self._settings = settings
        self._task = add_receiver(app, _elsewhere)
        self._resume_at = 0.0

    def pause(self, seconds: float) -> None:
        """Send nothing for so long: too much has failed in a row."""
        self._resume_at = time.monotonic() + seconds

    async def send(self, tasks: Sequence[Task]) -> None:
        """Send the ids of these rows.

        Raises:
            UnavailableError: The broker does not answer, or sending is paused.
        """
        if time.monotonic() < self._resume_at:
            message = "Too many tasks have failed in a row."
            raise UnavailableError(message)
        try:
            await asyncio.to_thread(self._send, tasks)
        except BROKER_ERRORS as error:
            message = f"The broker did not take the tasks: {type(error).__name__}."
            raise BrokerUnavailableError(message) from error

    async def prepare(self) -> None:
        """Declare the queue of the dead letters, so that none falls into a void.

        Raises:
            BrokerUnavailableError: The broker does not answer.
        """
        try:
            await asyncio.to_thread(self._declare)
        except BROKER_ERRORS as error:
            message = f"The broker refuses the queue: {type(error).__name__}."
            raise BrokerUnavailableError(message) from error

    def close(self) -> None:
        """Close the connection."""
        self._app.close()

    def _declare(self) -> None:
        with self._app.connection_for_write() as connection:
            dead_letters_of(self._settings)(connection.default_channel).declare()

    def _send(self, tasks: Sequence[Task]) -> None:
        seconds = self._settings.broker_timeout_seconds
        with self._app.producer_pool.acquire(block=True, timeout=seconds) as producer:
            for task in tasks:
                hard = hard_limit_seconds(task, self._registry, self._settings)
                options: dict[str, Any] = {
                    "confirm_timeout": seconds,
                    "headers": {"traceparent": task.traceparent},
                    "producer": producer,
                    "queue": self._queue_for(task),
                    "soft_time_limit": interrupted_after(self._settings, hard),
                    "task_id": str(task.id),
                    "time_limit": hard,
                }
                message = TaskMessage(task_id=task.id)
                self._task.apply_async(
                    kwargs=message.model_dump(mode="json"), **options
                )

    def _queue_for(self, task: Task) -> Queue:
        known = [each for each in self._registry if each.name == task.name]
        usual = self._settings.task_timeout_seconds
        long = any((each.timeout_seconds or usual) > usual for each in known)
        apart = long and self._settings.broker_long_queue
        return queue_of(self._settings, long=apart)


def _elsewhere(task_id: UUID) -> None:
    """Refuse to work where messages are only sent.

    Raises:
        RuntimeError: Always.
    """
    message = f"{task_id} belongs to a process of the pool"
    raise RuntimeError(message)
