"""Settings of the way from the table to the broker."""

from typing import Annotated

from pydantic import BaseModel, Field


class DispatchSettings(BaseModel):
    """How many tasks the broker is told of, when again, and when one is killed."""

    task_dispatch_ahead: Annotated[
        int, Field(gt=0, description="Waiting tasks that the broker is told of")
    ] = 500
    task_redispatch_seconds: Annotated[
        float,
        Field(gt=0, description="Age of a message that counts as lost, seconds"),
    ] = 900
    task_kill_after_seconds: Annotated[
        float,
        Field(
            ge=1,
            description="Beyond a task's time limit, until its process is killed, "
            "seconds",
        ),
    ] = 30
