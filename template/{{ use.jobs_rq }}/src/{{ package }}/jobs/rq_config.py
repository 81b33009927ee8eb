"""Settings of RQ's worker processes."""

from typing import Annotated

from pydantic import BaseModel, Field


class RqSettings(BaseModel):
    """How many tasks one worker runs at once."""

    worker_processes: Annotated[
        int,
        Field(gt=0, description="Tasks at once, each in a process of its own"),
    ] = 2
