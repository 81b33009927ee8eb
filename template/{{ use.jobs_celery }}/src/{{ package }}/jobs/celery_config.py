"""Settings of Celery's processes."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field


class CelerySettings(BaseModel):
    """Which work is apart, and what a worker does besides its tasks."""

    broker_long_queue: Annotated[
        bool,
        Field(
            description="Whether tasks with a limit above TASK_TIMEOUT_SECONDS have a "
            "queue of their own, <name>.long, and need workers of their own"
        ),
    ] = False
    worker_schedules: Annotated[
        bool,
        Field(description="Whether a worker also queues what the schedule says"),
    ] = True
    worker_takes: Annotated[
        Literal["tasks", "long"],
        Field(description="Which queue a worker reads: the usual one, or the long one"),
    ] = "tasks"
