"""Settings of the metrics that are measured on a schedule."""

from typing import Annotated

from pydantic import BaseModel, Field


class MonitoringSettings(BaseModel):
    """How often sizes and loads are measured."""

    metrics_refresh_seconds: Annotated[
        float,
        Field(gt=0, description="Pause between two measurements, seconds"),
    ] = 15
