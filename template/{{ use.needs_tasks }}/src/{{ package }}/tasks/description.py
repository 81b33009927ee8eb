"""Describes the tasks for programs, in `m2m/tasks.json`."""

from inspect import getdoc
from pathlib import Path
from typing import Any, Final

from ..db.description import as_text
from ..jobs.queues import queues
from ..jobs.schedule import SCHEDULE
from .catalogue import TASKS
from .registry import TaskDefinition

PATH: Final = Path("m2m/tasks.json")


def tasks_json() -> str:
    """Return what each task is for, what it takes and when it runs by itself.

    What is null is as the settings say.
    """
    return as_text(
        {
            "idempotency_key": "its caller's, once for each name",
            "queues": queues(),
            "tasks": {
                definition.name: _described(definition)
                for definition in sorted(TASKS, key=lambda each: each.name)
            },
        }
    )


def _described(definition: TaskDefinition[Any]) -> dict[str, Any]:
    return {
        "purpose": (getdoc(definition.handler) or "").partition("\n\n")[0],
        "payload": definition.payload.model_json_schema(),
        "timeout_seconds": definition.timeout_seconds,
        "retries": definition.retries,
        "priority": definition.priority,
        "needs_network": definition.needs_network,
        "schedule": [
            line.cron for line in SCHEDULE if line.definition.name == definition.name
        ],
    }
