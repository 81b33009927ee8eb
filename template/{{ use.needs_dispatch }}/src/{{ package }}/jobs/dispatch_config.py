"""Settings of the way from the table to the broker (S0 §3.1)."""

from typing import Annotated

from pydantic import BaseModel, Field


class DispatchSettings(BaseModel):
    """How many tasks a broker is told of at once, and when it is told again."""

    task_dispatch_batch: Annotated[
        int, Field(gt=0, description="Tasks handed to the broker at once")
    ] = 100
    task_redispatch_seconds: Annotated[
        float,
        Field(gt=0, description="Age of a message that counts as lost, seconds"),
    ] = 900
