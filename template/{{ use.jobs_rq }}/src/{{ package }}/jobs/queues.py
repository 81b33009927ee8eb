"""Describes the queues in Valkey."""

from typing import Any

from .broker import FUNCTION, QUEUE


def queues() -> dict[str, Any]:
    """Return what each queue is for, and what its messages are."""
    return {
        QUEUE: {
            "purpose": "Ids of rows of the table `tasks` that are due.",
            "message": {"function": FUNCTION, "arguments": ["id of the row"]},
            "idempotency_key": "the id: a message that comes twice finds its row taken",
        }
    }
