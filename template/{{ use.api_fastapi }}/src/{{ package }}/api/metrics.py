"""Metrics of HTTP and the page that shows all."""

import secrets
from contextlib import suppress
from typing import Final

from prometheus_client import Counter, Gauge, Histogram
from starlette.requests import Request
from starlette.responses import Response

from ..bootstrap import Container
from ..core.errors import AuthenticationError, NotFoundError, UnavailableError
from ..core.metrics import ERRORS, REGISTRY, render_metrics
from ..resilience.categories import ErrorCategory
from .config import ApiSettings

REQUESTS: Final = Counter(
    "http_requests_total",
    "Requests that were answered",
    ["method", "route", "status"],
    registry=REGISTRY,
)
DURATION: Final = Histogram(
    "http_request_duration_seconds",
    "Time from the first byte of a request to the last of its answer",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10, 30, 60),
    registry=REGISTRY,
)
IN_PROGRESS: Final = Gauge(
    "http_requests_in_progress",
    "Requests that are being answered",
    registry=REGISTRY,
    multiprocess_mode="livesum",
)
# A series that begins with its first failure would hide it: nothing rises before it.
for _category in ErrorCategory:
    ERRORS.labels(category=_category)


async def metrics_page(request: Request) -> Response:
    """Show the metrics to Prometheus: open in development, by token elsewhere.

    Raises:
        AuthenticationError: The token is missing or wrong.
        NotFoundError: The page is closed, for no token is set.
    """
    settings: ApiSettings = request.app.state.settings
    token = settings.metrics_token
    if token is None and settings.deployed:
        raise NotFoundError
    if token is not None:
        expected = f"Bearer {token.get_secret_value()}"
        given = request.headers.get("authorization", "")
        if not secrets.compare_digest(given.encode(), expected.encode()):
            raise AuthenticationError
    container: Container = request.app.state.container
    with suppress(UnavailableError):  # the other metrics matter most just then
        await container.database_metrics.refresh()
        await container.account_metrics.refresh()
    body, content_type = render_metrics()
    return Response(body, media_type=content_type)
