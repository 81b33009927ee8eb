"""The disk space guard."""

import shutil
from pathlib import Path
from typing import Final

from prometheus_client import Gauge

from ..core.logging import get_logger
from ..core.metrics import REGISTRY
from .config import ResilienceSettings
from .errors import InsufficientDiskSpaceError

GIB: Final = 1024**3

DISK_FREE_BYTES: Final = Gauge(
    "disk_free_bytes",
    "Free space of the disk that was looked at last",
    multiprocess_mode="mostrecent",
    registry=REGISTRY,
)

_logger = get_logger(__name__)


def free_disk_bytes(path: Path) -> int | None:
    """Return the free bytes of the disk that holds `path`; None if it cannot be told.

    The path need not exist yet: its nearest existing parent counts. The
    metric `disk_free_bytes` follows every measurement.
    """
    place = path.absolute()
    try:
        while not place.exists() and place != place.parent:
            place = place.parent
        free = shutil.disk_usage(place).free
    except OSError as error:
        _logger.warning("disk_space_unknown", path=str(place), reason=error.strerror)
        return None
    DISK_FREE_BYTES.set(free)
    return free


def require_disk_space(
    path: Path, settings: ResilienceSettings, *, needed_bytes: int = 0
) -> None:
    """Refuse work that would leave less free space than the minimum.

    Args:
        path: Where the work will write.
        settings: Holds the minimum, in GiB.
        needed_bytes: What the work will take, in bytes.

    Raises:
        InsufficientDiskSpaceError: If too little would be left. A disk whose free
            space is unknown does not stop the work.
    """
    free = free_disk_bytes(path)
    if free is None:
        return
    minimum = int(settings.min_disk_space_gb * GIB)
    if free - needed_bytes < minimum:
        message = (
            f"{free} bytes of disk space are free; {needed_bytes} are needed"
            f" and {minimum} must remain."
        )
        raise InsufficientDiskSpaceError(
            message, hint="Free some space, or lower MIN_DISK_SPACE_GB."
        )
