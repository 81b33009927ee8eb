"""What Prometheus learns of the database."""

import time
from typing import Final

from prometheus_client import Gauge
from sqlalchemy import func, select
from sqlalchemy.pool import QueuePool

from ..core.metrics import REGISTRY
from .database import Database

_SIZE: Final = Gauge(
    "database_size_bytes",
    "Size of the database on disk",
    registry=REGISTRY,
    multiprocess_mode="mostrecent",
)
_CONNECTIONS: Final = Gauge(
    "database_pool_connections",
    "Connections of the pool by state",
    ["state"],
    registry=REGISTRY,
    multiprocess_mode="livesum",
)
_SIZE_AGE_SECONDS: Final = 60.0


class DatabaseMetrics:
    """Brings the gauges up to date whenever somebody scrapes."""

    def __init__(self, database: Database) -> None:
        """Measure this database."""
        self._database = database
        self._measured_at = -_SIZE_AGE_SECONDS

    async def refresh(self) -> None:
        """Count the pool's connections and, once a minute, measure the size.

        Raises:
            UnavailableError: The server does not answer.
        """
        pool = self._database.engine.pool
        if isinstance(pool, QueuePool):
            _CONNECTIONS.labels("busy").set(pool.checkedout())
            _CONNECTIONS.labels("idle").set(pool.checkedin())
        now = time.monotonic()
        if now - self._measured_at < _SIZE_AGE_SECONDS:
            return
        async with self._database.reader() as reader:
            size = await reader.session.scalar(
                select(func.pg_database_size(func.current_database()))
            )
        _SIZE.set(size or 0)
        self._measured_at = now
