"""Retention as a task, for the schedule."""

from pydantic import BaseModel

from ..tasks.context import TaskContext
from ..tasks.registry import task
from .retention import retain


class RetainInput(BaseModel):
    """Nothing has to be said: the periods are settings."""


class RetainResult(BaseModel):
    """How much was removed by which rule."""

    removed: dict[str, int]


@task("privacy.retain", RetainInput)
async def retain_data(context: TaskContext, payload: RetainInput) -> RetainResult:
    """Remove for good what is past its period (KVKK art. 7)."""
    del payload
    container = context.container
    return RetainResult(removed=await retain(container.settings, container.database))
