"""How many people use the service."""

import time
from datetime import timedelta
from typing import Final

from prometheus_client import Gauge

from ..core.clock import Clock, utc_now
from ..core.metrics import REGISTRY
from ..db.database import Database
from .repository import active_users

ACTIVE: Final = Gauge(
    "users_active",
    "Users who signed in or stayed signed in within the last 24 hours",
    registry=REGISTRY,
    multiprocess_mode="mostrecent",
)
_WITHIN: Final = timedelta(hours=24)
_AGE_SECONDS: Final = 60.0


class AccountMetrics:
    """Brings the gauge up to date when somebody scrapes, once a minute at most."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        """Count in this database; `clock` is replaced in tests."""
        self._database = database
        self._clock = clock
        self._counted_at = -_AGE_SECONDS

    async def refresh(self) -> None:
        """Count the users who were handed a token lately.

        Raises:
            UnavailableError: The server does not answer.
        """
        now = time.monotonic()
        if now - self._counted_at < _AGE_SECONDS:
            return
        async with self._database.reader() as reader:
            count = await active_users(reader.session, self._clock() - _WITHIN)
        ACTIVE.set(count)
        self._counted_at = now
