"""What the broker carries: the id of a row, and nothing else."""

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from celery import Celery
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
from .outbox import Message

if TYPE_CHECKING:
    from ..core.settings import Settings

# Of a task that only another release knows, and of messages before they had names.
ANY_TASK: Final = "tasks.run"
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


def add_receivers(
    app: "Celery[Any]", run: Callable[[UUID], object], registry: TaskRegistry
) -> None:
    """Tell an application what to do with messages; each carries its task's name.

    Celery tries the delivery again, at growing intervals, while the database does not
    answer. Whether the work itself is tried again is the table's decision.

    Args:
        app: The application.
        run: Does what the row says; called in a process of the pool.
        registry: What the names of tasks stand for.
    """

    def receive(**body: object) -> None:
        try:
            message = TaskMessage.model_validate(body)
        except ValidationError as error:
            _logger.warning("message_unreadable", problems=error.error_count())
            raise Reject(reason="unreadable", requeue=False) from error
        run(message.task_id)

    for name in (ANY_TASK, *(definition.name for definition in registry)):
        app.task(
            name=name,
            shared=False,  # with no other application of this process
            autoretry_for=(UnavailableError, OSError),
            max_retries=_MOST_RETRIES,
            retry_backoff=True,
            retry_backoff_max=_LONGEST_BACKOFF_SECONDS,
            retry_jitter=True,
        )(receive)


class Sender:
    """Sends messages, each confirmed by the broker."""

    def __init__(
        self, app: "Celery[Any]", settings: "Settings", registry: TaskRegistry
    ) -> None:
        """Prepare to send; the connection is made with the first question."""
        self._app = app
        self._registry = registry
        self._settings = settings
        self._resume_at = 0.0

    def pause(self, seconds: float) -> None:
        """Send nothing for so long: too much has failed in a row."""
        self._resume_at = time.monotonic() + seconds

    async def depth(self) -> int:
        """Return how many messages wait to be received.

        Raises:
            BrokerUnavailableError: The broker does not answer.
        """
        return sum((await self._asked(self._depths)).values())

    async def without_message(
        self, sent: Sequence[Message], received: Sequence[Message]
    ) -> Collection[UUID]:
        """Tell which of these tasks have no message in their queue.

        A queue hands out its messages in their order, and nobody can look into it. So a
        message is gone when a later one is being worked on, or when the queue is empty.

        Raises:
            BrokerUnavailableError: The broker does not answer.
        """
        depths = await self._asked(self._depths)
        newest: dict[str, datetime] = {}
        for message in received:
            newest.setdefault(self._queue_for(message.name).name, message.sent_at)
        gone: set[UUID] = set()
        for message in sent:
            queue = self._queue_for(message.name).name
            overtaken = message.sent_at < newest.get(queue, message.sent_at)
            if overtaken or not depths.get(queue):
                gone.add(message.task_id)
        return gone

    async def deliver(self, tasks: Sequence[Task]) -> None:
        """Send the ids of these rows.

        Raises:
            UnavailableError: The broker does not answer, or sending is paused.
        """
        if time.monotonic() < self._resume_at:
            message = "Too many tasks have failed in a row."
            raise UnavailableError(message)
        await self._asked(self._send, tasks)

    async def prepare(self) -> None:
        """Declare the queues, that of the dead letters first: none falls into a void.

        Raises:
            BrokerUnavailableError: The broker does not answer.
        """
        await self._asked(self._declare)

    def close(self) -> None:
        """Close the connection."""
        self._app.close()

    async def _asked[**Given, Answer](
        self,
        ask: Callable[Given, Answer],
        *given: Given.args,
        **named: Given.kwargs,
    ) -> Answer:
        try:
            return await asyncio.to_thread(ask, *given, **named)
        except BROKER_ERRORS as error:
            message = f"The broker does not answer: {type(error).__name__}."
            hint = "Look at BROKER_URL, and whether RabbitMQ runs."
            raise BrokerUnavailableError(message, hint=hint) from error

    def _depths(self) -> dict[str, int]:
        seconds = self._settings.broker_timeout_seconds
        queues = [queue_of(self._settings)]
        if self._settings.broker_long_queue:
            queues.append(queue_of(self._settings, long=True))
        with self._app.producer_pool.acquire(block=True, timeout=seconds) as producer:
            channel: Any = producer.channel
            answers: list[Any] = [queue(channel).queue_declare() for queue in queues]
        return {answer.queue: answer.message_count for answer in answers}

    def _declare(self) -> None:
        queues = [dead_letters_of(self._settings), queue_of(self._settings)]
        if self._settings.broker_long_queue:
            queues.append(queue_of(self._settings, long=True))
        with self._app.connection_for_write() as connection:
            for queue in queues:
                queue(connection.default_channel).declare()

    def _send(self, tasks: Sequence[Task]) -> None:
        seconds = self._settings.broker_timeout_seconds
        with self._app.producer_pool.acquire(block=True, timeout=seconds) as producer:
            for task in tasks:
                hard = hard_limit_seconds(task, self._registry, self._settings)
                known = any(each.name == task.name for each in self._registry)
                options: dict[str, Any] = {
                    "confirm_timeout": seconds,
                    "headers": {"traceparent": task.traceparent},
                    "producer": producer,
                    "queue": self._queue_for(task.name),
                    "soft_time_limit": interrupted_after(self._settings, hard),
                    "task_id": str(task.id),
                    "time_limit": hard,
                }
                self._app.send_task(
                    task.name if known else ANY_TASK,
                    kwargs=TaskMessage(task_id=task.id).model_dump(mode="json"),
                    **options,
                )

    def _queue_for(self, name: str) -> Queue:
        known = [each for each in self._registry if each.name == name]
        usual = self._settings.task_timeout_seconds
        long = any((each.timeout_seconds or usual) > usual for each in known)
        apart = long and self._settings.broker_long_queue
        return queue_of(self._settings, long=apart)
