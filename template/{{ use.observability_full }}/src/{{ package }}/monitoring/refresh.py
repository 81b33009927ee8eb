"""Measures on a schedule what no request measures."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from ..db.database import Database
from .config import MonitoringSettings
from .database import queries_timed
from .process import ProcessMeter


@asynccontextmanager
async def monitored(
    settings: MonitoringSettings, database: Database, *, version: str
) -> AsyncGenerator[None]:
    """Time statements and keep the process's metrics fresh in the block.

    Args:
        settings: Says how often.
        database: Whose statements are timed.
        version: Release that is running.
    """
    meter = ProcessMeter(version=version)
    with queries_timed(database):
        task = asyncio.create_task(_refresh(settings, meter))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _refresh(settings: MonitoringSettings, meter: ProcessMeter) -> None:
    while True:
        meter.measure()
        await asyncio.sleep(settings.metrics_refresh_seconds)
