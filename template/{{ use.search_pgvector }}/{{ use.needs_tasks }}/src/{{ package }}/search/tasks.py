"""What keeps the index complete without anybody's help."""

from pydantic import BaseModel

from ..tasks.context import TaskContext
from ..tasks.registry import task

_TIMEOUT_SECONDS = 3600


class CatchUpInput(BaseModel):
    """Nothing has to be said: the index knows what it lacks."""


class CatchUpResult(BaseModel):
    """What was missing.

    Attributes:
        indexed: Documents whose words were not indexed.
        embedded: Documents without an embedding of the present model.
    """

    indexed: int = 0
    embedded: int = 0


@task("search.catch_up", CatchUpInput, timeout=_TIMEOUT_SECONDS)
async def catch_up(context: TaskContext, payload: CatchUpInput) -> CatchUpResult:
    """Index and embed what is missing; the next run goes on where this one ends."""
    del payload
    container = context.container
    done = CatchUpResult()
    async for progress in container.search.catch_up(
        container.database, batch=container.settings.search_embedding_batch
    ):
        done = CatchUpResult(indexed=progress.indexed, embedded=progress.embedded)
        note = f"{done.indexed} indexed, {done.embedded} embedded"
        await context.progress(0, note)
    return done
