"""Settings of the worker process."""

from typing import Annotated

from pydantic import BaseModel, Field


class WorkerSettings(BaseModel):
    """Where a worker shows its metrics; it has no other open port."""

    worker_metrics_host: Annotated[
        str, Field(description="Address of the worker's metrics; 0.0.0.0 for all")
    ] = "127.0.0.1"
    worker_metrics_port: Annotated[
        int, Field(ge=0, le=65535, description="Port of the metrics; 0 for none")
    ] = 0
