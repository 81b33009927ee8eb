"""Settings of Celery's processes (S1 §10.2)."""

from typing import Annotated

from pydantic import BaseModel, Field


class CelerySettings(BaseModel):
    """What a worker does besides its tasks."""

    worker_schedules: Annotated[
        bool,
        Field(description="Whether a worker also queues what the schedule says"),
    ] = True
