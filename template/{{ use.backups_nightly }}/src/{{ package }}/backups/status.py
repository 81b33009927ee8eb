"""When the last backup and the last drill were, for the metrics of any process."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Final

from prometheus_client import Gauge
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from ..core.logging import get_logger
from ..core.metrics import REGISTRY
from ..core.settings import Settings
from ..resilience.files import atomic_write

_EVERY_SECONDS: Final = 60.0
_HOUR_SECONDS: Final = 3600
_FILE: Final = "status.json"
_logger = get_logger(__name__)

BACKUP_LAST_SUCCESS: Final = Gauge(
    "backup_last_success_timestamp_seconds",
    "When the newest backup was made; 0 for never",
    multiprocess_mode="max",
    registry=REGISTRY,
)
BACKUP_INTERVAL: Final = Gauge(
    "backup_interval_seconds",
    "Time between backups",
    multiprocess_mode="max",
    registry=REGISTRY,
)
BACKUP_LAST_DRILL: Final = Gauge(
    "backup_last_drill_timestamp_seconds",
    "When the last restore drill ended; 0 for never",
    multiprocess_mode="max",
    registry=REGISTRY,
)
BACKUP_LAST_DRILL_OK: Final = Gauge(
    "backup_last_drill_success",
    "1 when the last restore drill passed",
    multiprocess_mode="mostrecent",
    registry=REGISTRY,
)
BACKUP_LAST_DRILL_RTO: Final = Gauge(
    "backup_last_drill_rto_seconds",
    "How long the last restore drill took",
    multiprocess_mode="mostrecent",
    registry=REGISTRY,
)


class BackupStatus(BaseModel):
    """What the metrics tell; kept in a file beside the backups."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    last_success: AwareDatetime | None = None
    last_drill: AwareDatetime | None = None
    last_drill_ok: bool = False
    last_drill_rto_seconds: float = 0


def backups_folder(settings: Settings) -> Path:
    """Return the folder of the local backups."""
    return settings.backup_dir or settings.base_dir / "backups"


def read_status(settings: Settings) -> BackupStatus:
    """Read the status; an absent or broken file counts as nothing done yet."""
    file = backups_folder(settings) / _FILE
    try:
        return BackupStatus.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return BackupStatus()
    except (OSError, ValidationError) as error:
        _logger.warning("backup_status_unreadable", reason=type(error).__name__)
        return BackupStatus()


def write_status(settings: Settings, status: BackupStatus) -> None:
    """Store the status and set the metrics of this process."""
    file = backups_folder(settings) / _FILE
    atomic_write(file, status.model_dump_json(), settings)
    publish(status)


def publish(status: BackupStatus) -> None:
    """Set the metrics."""
    if status.last_success:
        BACKUP_LAST_SUCCESS.set(status.last_success.timestamp())
    if status.last_drill:
        BACKUP_LAST_DRILL.set(status.last_drill.timestamp())
        BACKUP_LAST_DRILL_OK.set(status.last_drill_ok)
        BACKUP_LAST_DRILL_RTO.set(status.last_drill_rto_seconds)


@contextlib.asynccontextmanager
async def backup_metrics(
    settings: Settings, *, every_seconds: float = _EVERY_SECONDS
) -> AsyncGenerator[None]:
    """Keep the metrics true, also when another process makes the backups."""
    BACKUP_INTERVAL.set(settings.backup_interval_hours * _HOUR_SECONDS)
    task = asyncio.create_task(_republish(settings, every_seconds))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _republish(settings: Settings, every_seconds: float) -> None:
    while True:
        publish(await asyncio.to_thread(read_status, settings))
        await asyncio.sleep(every_seconds)
