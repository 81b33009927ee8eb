"""Settings of the metrics that are measured on a schedule (S2 §15.7)."""

from typing import Annotated

from pydantic import BaseModel, Field


class MonitoringSettings(BaseModel):
    """How often sizes and loads are measured (S0 §15.1)."""

    metrics_refresh_seconds: Annotated[
        float,
        Field(gt=0, description="Pause between two measurements, seconds (S0 §15.1)"),
    ] = 15
