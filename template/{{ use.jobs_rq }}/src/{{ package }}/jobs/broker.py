"""The queue in Valkey: one message for each row that is due, and nothing else in it."""

import asyncio
import math
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from rq import Queue
from rq.queue import EnqueueData
from rq.serializers import JSONSerializer

from ..core.ids import new_id
from ..redis.client import answering
from ..tasks.models import Task
from ..tasks.registry import TaskRegistry
from .dispatch import hard_limit_seconds
from .outbox import Message

if TYPE_CHECKING:
    from redis import Redis

    from ..bootstrap import Container

QUEUE: Final = "tasks"
# What a message asks for, by its path: a worker refuses anything else.
FUNCTION: Final = f"{__package__}.child.run_task"
# Between the row's id and the message's own: the end of one message of a row can then
# not be mistaken for that of the next.
_OF_A_ROW: Final = "_"
# A failed message says nothing that the table does not know better.
_KEEP_FAILED_SECONDS: Final = 3600


class RqBroker:
    """Puts ids of tasks into the queue."""

    def __init__(self, container: "Container", registry: TaskRegistry) -> None:
        """Take the server, and the limits of the tasks."""
        self._registry = registry
        self._settings = container.settings
        self._queue: Any = queue(container.redis.client)

    async def depth(self) -> int:
        """Return how many messages wait to be received.

        Raises:
            UnavailableError: Valkey does not answer.
        """
        with answering():
            waiting: int = await asyncio.to_thread(lambda: self._queue.count)
        return waiting

    async def deliver(self, tasks: Sequence[Task]) -> None:
        """Tell RQ of rows that are due.

        Raises:
            UnavailableError: Valkey does not answer.
        """
        messages = [self._message(task) for task in tasks]
        with answering():
            await asyncio.to_thread(self._queue.enqueue_many, messages)

    async def without_message(
        self, sent: Sequence[Message], received: Sequence[Message]
    ) -> Collection[UUID]:
        """Tell which of these tasks have no message in the queue.

        Raises:
            UnavailableError: Valkey does not answer.
        """
        del received
        with answering():
            queued: list[str] = await asyncio.to_thread(self._queue.get_job_ids)
        present = {job_id.partition(_OF_A_ROW)[0] for job_id in queued}
        wanted = {message.task_id for message in sent}
        return {task_id for task_id in wanted if str(task_id) not in present}

    def _message(self, task: Task) -> EnqueueData:
        limit = hard_limit_seconds(task, self._registry, self._settings)
        untyped: Any = Queue
        message: EnqueueData = untyped.prepare_data(
            FUNCTION,
            [str(task.id)],
            timeout=math.ceil(limit),
            result_ttl=0,
            failure_ttl=_KEEP_FAILED_SECONDS,
            description=task.name,
            job_id=f"{task.id}{_OF_A_ROW}{new_id().hex}",
        )
        return message


def queue(client: "Redis") -> Queue:
    """Return the queue; its messages are JSON, so that reading one runs no code."""
    return Queue(QUEUE, connection=client, serializer=JSONSerializer)
