"""The metrics registry and the metrics that no single part owns.

A part of the service declares its own metrics beside its code, on `REGISTRY`. The
library's default registry stays unused: it is filled by importing, not by intent.
"""

import os
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

REGISTRY: Final = CollectorRegistry(auto_describe=True)
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)

ERRORS: Final = Counter(
    "errors_total",
    "Failures by category",
    ["category"],
    registry=REGISTRY,
)


def readable_registry() -> CollectorRegistry:
    """Return what is to be shown to others.

    Where `PROMETHEUS_MULTIPROC_DIR` is set, the values of all worker processes are
    summed; otherwise they are this process's own.
    """
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry


def render_metrics() -> tuple[bytes, str]:
    """Return the present values and their content type."""
    return generate_latest(readable_registry()), CONTENT_TYPE_LATEST
