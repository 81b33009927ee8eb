"""Settings of the way from the table to the broker."""

from typing import Annotated

from pydantic import BaseModel, Field


class DispatchSettings(BaseModel):
    """How many tasks the broker is told of, when again, and when one is killed."""

    task_dispatch_ahead: Annotated[
        int, Field(gt=0, description="Messages that may wait in the broker")
    ] = 500
    task_redispatch_seconds: Annotated[
        float,
        Field(
            gt=0,
            description="Without a message for so long, a waiting task gets another, "
            "seconds",
        ),
    ] = 60
    task_memory_mb: Annotated[
        int,
        Field(
            ge=0,
            description="Memory of a process that runs a task, MiB; a task that wants "
            "more fails; 0 for no limit",
        ),
    ] = 512
    task_kill_after_seconds: Annotated[
        float,
        Field(
            ge=1,
            description="Beyond a task's time limit, until its process is killed, "
            "seconds",
        ),
    ] = 30
