"""What is seen of every request: its ids, two log lines, four metrics."""

import time
from contextlib import suppress
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..core.context import (
    Trace,
    bound,
    request_id_from,
)
from ..core.errors import AppError
from ..core.logging import get_logger, shown_path
from ..core.metrics import ERRORS
from ..core.spans import Span, span
from ..resilience.categories import ErrorCategory, categorize
from .metrics import DURATION, IN_PROGRESS, REQUESTS
from .problems import FAILURE, problem_response, unexpected_response

_log = get_logger(__name__)
_CORRELATION_ID: Final = b"x-correlation-id"
_QUIET: Final = ("/health/", "/metrics")
_METHODS: Final = frozenset(
    {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
)
_UNMATCHED: Final = "unmatched"
_MILLISECONDS: Final = 1000
_SERVER_ERROR: Final = 500


class ObservingMiddleware:
    """Gives a request its ids, logs it, measures it, returns the ids."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and report on it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict[bytes, bytes](scope["headers"])
        request_id = request_id_from(_text(headers, b"x-request-id", _CORRELATION_ID))
        trace = Trace.join(_text(headers, b"traceparent"))
        with (
            bound(request_id=request_id, trace=trace),
            span("server", trace) as opened,
        ):
            ids = [
                (b"x-request-id", request_id.encode()),
                (b"traceparent", trace.traceparent.encode()),
            ]
            await self._observe(scope, receive, send, ids, opened)

    async def _observe(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        ids: list[tuple[bytes, bytes]],
        opened: Span,
    ) -> None:
        status = 500

        async def send_with_ids(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), *ids]
            await send(message)

        method, path = scope["method"], shown_path(scope["path"])
        log = _log.debug if path.startswith(_QUIET) else _log.info
        log("request received", method=method, path=path)
        began = time.perf_counter()
        IN_PROGRESS.inc()
        try:
            await self._app(scope, receive, send_with_ids)
        finally:
            seconds = time.perf_counter() - began
            IN_PROGRESS.dec()
            _measure(scope, status, seconds)
            _describe(opened, scope, status)
            log(
                "request completed",
                method=method,
                path=path,
                status_code=status,
                duration_ms=round(seconds * _MILLISECONDS, 2),
            )


class ErrorBoundary:
    """Answers what nothing further inside has answered; logs it once."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request; turn an exception into a problem document."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except AppError as error:
            scope[FAILURE] = error
            if started:
                raise
            response = problem_response(error, scope["path"])
            await response(scope, receive, send)
        except Exception as error:
            scope[FAILURE] = error
            if started:
                raise
            path = shown_path(scope["path"])
            _log.exception("unhandled error", method=scope["method"], path=path)
            response = unexpected_response(scope["path"])
            await response(scope, receive, send)


def _text(headers: dict[bytes, bytes], *names: bytes) -> str | None:
    for name in names:
        if name in headers:
            with suppress(UnicodeDecodeError):
                return headers[name].decode("ascii")
    return None


def _measure(scope: Scope, status: int, seconds: float) -> None:
    """Count under the route's pattern: a path would make a series for every id."""
    route, method = _route(scope), _method(scope)
    REQUESTS.labels(method, route, str(status)).inc()
    if status >= _SERVER_ERROR and not scope["path"].startswith(_QUIET):
        failure: Exception | None = scope.get(FAILURE)
        category = categorize(failure) if failure else ErrorCategory.UNKNOWN
        ERRORS.labels(category=category).inc()
    DURATION.labels(method, route).observe(seconds)


def _describe(opened: Span, scope: Scope, status: int) -> None:
    """Name the span like the metrics: a path could hold data."""
    route, method = _route(scope), _method(scope)
    attributes: dict[str, str | int] = {
        "http.request.method": method,
        "http.route": route,
        "http.response.status_code": status,
    }
    opened.describe(f"{method} {route}", attributes, failed=status >= _SERVER_ERROR)


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", _UNMATCHED)


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in _METHODS else "OTHER"
