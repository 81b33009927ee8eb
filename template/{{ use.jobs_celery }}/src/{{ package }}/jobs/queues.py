"""Describes the queues in RabbitMQ."""

from typing import Any

from kombu import Queue

from ..core.settings import Settings
from .celery_app import dead_letters_of, queue_of
from .messages import TaskMessage


def queues() -> dict[str, Any]:
    """Return what each queue is for, and what its messages are, as the defaults say."""
    settings = Settings.model_construct()
    due = "Ids of rows of the table `tasks` that are due."
    long = "The same for tasks that take long, with `BROKER_LONG_QUEUE`."
    dead = "Messages that nobody could read or deliver."
    return {
        **_described(queue_of(settings), due),
        **_described(queue_of(settings, long=True), long),
        **_described(dead_letters_of(settings), dead),
    }


def _described(queue: Queue, purpose: str) -> dict[str, Any]:
    return {
        str(queue.name): {
            "purpose": purpose,
            "message": TaskMessage.model_json_schema(),
            "idempotency_key": "task_id: one that comes twice finds its row taken",
            "arguments": queue.queue_arguments,
        }
    }
