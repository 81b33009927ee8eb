"""The tasks that keep the tasks table itself small."""

from pydantic import BaseModel

from .context import TaskContext
from .recovery import TaskKeeper
from .registry import task


class PurgeInput(BaseModel):
    """Nothing has to be said: the ages are settings."""


class PurgeResult(BaseModel):
    """How many finished tasks were deleted."""

    deleted: int


@task("tasks.purge", PurgeInput)
async def purge_tasks(context: TaskContext, payload: PurgeInput) -> PurgeResult:
    """Delete finished tasks past `TASK_RETENTION_DAYS`, dead ones past theirs."""
    del payload
    settings = context.container.settings
    keeper = TaskKeeper(context.container.database, settings, settings)
    return PurgeResult(deleted=await keeper.purge())
