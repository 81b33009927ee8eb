"""The metrics registry and the metrics that no single part owns (S2 §15.7).

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


def render_metrics() -> tuple[bytes, str]:
    """Return the present values and their content type (S2 §15.7).

    Where `PROMETHEUS_MULTIPROC_DIR` is set, the values of all worker processes are
    summed; otherwise they are this process's own.
    """
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    return generate_latest(registry), CONTENT_TYPE_LATEST
