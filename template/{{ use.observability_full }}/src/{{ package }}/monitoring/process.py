"""Metrics of the service's own processes.

The library's own process metrics are not available to several worker processes
together; these are.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from prometheus_client import Counter, Gauge

from ..core.metrics import REGISTRY

_STATM: Final = Path("/proc/self/statm")
_RESIDENT: Final = 1

SERVICE_INFO: Final = Gauge(
    "service_info",
    "1 for each version of the service that is running",
    ["version"],
    multiprocess_mode="livemax",
    registry=REGISTRY,
)
MEMORY: Final = Gauge(
    "service_memory_bytes",
    "Resident memory of all processes of the service",
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
PROCESSOR: Final = Counter(
    "service_cpu_seconds_total",
    "Processor time of all processes of the service",
    registry=REGISTRY,
)


class ProcessMeter:
    """Measures this process; the time it used counts from the meter's making."""

    def __init__(self, *, version: str) -> None:
        """Announce the version that runs."""
        SERVICE_INFO.labels(version).set(1)
        self._seconds = _processor_seconds()

    def measure(self) -> None:
        """Update memory and processor time."""
        seconds = _processor_seconds()
        PROCESSOR.inc(max(0.0, seconds - self._seconds))
        self._seconds = seconds
        with suppress(OSError):  # only Linux tells
            pages = int(_STATM.read_text("ascii").split()[_RESIDENT])
            MEMORY.set(pages * os.sysconf("SC_PAGE_SIZE"))


def _processor_seconds() -> float:
    used = os.times()
    return used.user + used.system
