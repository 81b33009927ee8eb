"""The age of every secret as a metric, so that an alert can ask for its rotation."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import Final

from prometheus_client import Gauge

from ..core.clock import Clock, utc_now
from ..core.logging import get_logger
from ..core.metrics import REGISTRY
from .config import SecretInventorySettings
from .errors import InventoryError
from .inventory import SecretInventory, load_inventory

SECRET_AGE_DAYS: Final = Gauge(
    "secret_age_days",
    "Days since the last rotation of a secret",
    ["name"],
    multiprocess_mode="max",
    registry=REGISTRY,
)
SECRET_DUE_DAYS: Final = Gauge(
    "secret_due_days",
    "Age from which a secret is due for rotation, days",
    multiprocess_mode="max",
    registry=REGISTRY,
)
_HOUR_SECONDS: Final = 3600.0
_logger = get_logger(__name__)


def publish_ages(inventory: SecretInventory, clock: Clock = utc_now) -> None:
    """Set the metric for every secret of the inventory."""
    today = clock().date()
    for entry in inventory.secret:
        SECRET_AGE_DAYS.labels(entry.name).set(entry.age_days(today))


@contextlib.asynccontextmanager
async def secret_ages(
    settings: SecretInventorySettings, *, every_seconds: float = _HOUR_SECONDS
) -> AsyncGenerator[None]:
    """Keep the metric true while the service runs, also past midnight.

    A service must not fail to start because an inventory was not shipped with it:
    that is logged, and the missing metric raises its own alert.
    """
    try:
        inventory = load_inventory(settings.secrets_inventory_file)
    except InventoryError as error:
        _logger.warning("secret_ages_unknown", reason=error.detail)
        yield
        return
    SECRET_DUE_DAYS.set(settings.secret_due_days)
    task = asyncio.create_task(_republish(inventory, every_seconds))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _republish(inventory: SecretInventory, every_seconds: float) -> None:
    while True:
        publish_ages(inventory)
        await asyncio.sleep(every_seconds)
