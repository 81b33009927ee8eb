"""Measures on a schedule what no request measures (S0 §15.1)."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from ..core.logging import get_logger
from ..db.database import Database
from .config import MonitoringSettings
from .database import measure_database, queries_timed
from .process import ProcessMeter

_logger = get_logger(__name__)


@asynccontextmanager
async def monitored(
    settings: MonitoringSettings, database: Database, *, version: str
) -> AsyncGenerator[None]:
    """Keep the metrics of process and database fresh while the block runs (S0 §15.1).

    Args:
        settings: Says how often.
        database: Where the size and the statements are measured.
        version: Release that is running.
    """
    meter = ProcessMeter(version=version)
    with queries_timed(database):
        task = asyncio.create_task(_refresh(settings, database, meter))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _refresh(
    settings: MonitoringSettings, database: Database, meter: ProcessMeter
) -> None:
    pause = settings.metrics_refresh_seconds
    while True:
        meter.measure()
        try:
            async with asyncio.timeout(pause):
                await measure_database(database)
        except Exception as error:  # noqa: BLE001 - metrics never end the service
            _logger.warning("metrics_not_refreshed", error=type(error).__name__)
        await asyncio.sleep(pause)
