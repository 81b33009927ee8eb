"""Settings of the tasks table and of what runs it."""

from typing import Annotated

from pydantic import BaseModel, Field


class TaskSettings(BaseModel):
    """Leases, limits and ages of tasks."""

    task_lease_seconds: Annotated[
        float, Field(gt=0, description="Silence after which a worker counts as lost")
    ] = 60
    task_poll_seconds: Annotated[
        float, Field(gt=0, description="Pause of an idle worker, seconds")
    ] = 1
    task_recovery_interval_seconds: Annotated[
        float, Field(gt=0, description="Between two searches for lost work, seconds")
    ] = 30
    task_failure_pause_seconds: Annotated[
        float,
        Field(ge=0, description="Pause after too many failures in a row, seconds"),
    ] = 60
    max_queued_tasks: Annotated[
        int, Field(gt=0, description="Waiting tasks above which no more are taken")
    ] = 10_000
    task_retention_days: Annotated[
        int, Field(ge=1, description="Age at which finished tasks are deleted, days")
    ] = 30
    task_dead_retention_days: Annotated[
        int, Field(ge=1, description="Age at which dead tasks are deleted, days")
    ] = 90
