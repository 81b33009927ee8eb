"""The queue in Valkey: one message for each row that is due, and nothing else in it."""

import asyncio
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from rq import Queue
from rq.queue import EnqueueData
from rq.serializers import JSONSerializer

from ..redis.client import answering
from ..tasks.models import Task
from ..tasks.registry import TaskRegistry
from .dispatch import hard_limit_seconds

if TYPE_CHECKING:
    from redis import Redis

    from ..bootstrap import Container

QUEUE: Final = "tasks"
# What a message asks for, by its path: a worker refuses anything else.
FUNCTION: Final = f"{__package__}.child.run_task"
# A failed message says nothing that the table does not know better.
_KEEP_FAILED_SECONDS: Final = 3600


class Broker:
    """Puts ids of tasks into the queue."""

    def __init__(self, container: "Container", registry: TaskRegistry) -> None:
        """Take the server, and the limits of the tasks."""
        self._registry = registry
        self._settings = container.settings
        self._queue = queue(container.redis.client)

    async def deliver(self, tasks: Sequence[Task]) -> None:
        """Tell RQ of rows that are due.

        Raises:
            UnavailableError: Valkey does not answer.
        """
        messages = [self._message(task) for task in tasks]
        with answering():
            await asyncio.to_thread(self._queue.enqueue_many, messages)

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
        )
        return message


def queue(client: "Redis") -> Queue:
    """Return the queue; its messages are JSON, so that reading one runs no code."""
    return Queue(QUEUE, connection=client, serializer=JSONSerializer)
