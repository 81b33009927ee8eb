"""What every request and answer must keep to: hosts, sizes, times, headers (S4)."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from fastapi import Depends
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..core.logging import get_logger
from .errors import RequestTimeoutError, RequestTooLargeError, UnknownHostError

_log = get_logger(__name__)
_TIMEOUT: Final = "request_timeout"
_STRICT_CSP: Final = "default-src 'none'; frame-ancestors 'none'"
# The documentation page loads its script and style from where FastAPI points to.
_DOCS_CSP: Final = (
    "default-src 'none'; connect-src 'self'; img-src 'self' data: "
    "https://fastapi.tiangolo.com; script-src 'unsafe-inline' "
    "https://cdn.jsdelivr.net; style-src 'unsafe-inline' https://cdn.jsdelivr.net; "
    "frame-ancestors 'none'"
)
_DOCS: Final = ("/docs", "/redoc")
_ASKED_BY_ADDRESS: Final = ("/health/", "/metrics")


class SecurityHeadersMiddleware:
    """Adds the headers of S2 §18.13 to every answer, errors included."""

    def __init__(self, app: ASGIApp, *, https_only: bool) -> None:
        """Wrap an application.

        Args:
            app: What is wrapped.
            https_only: Whether browsers shall never come back over plain HTTP.
        """
        self._app = app
        fixed = {
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            # The filter is gone from browsers, and where it was it opened holes.
            "X-XSS-Protection": "0",
            "Referrer-Policy": "strict-origin-when-cross-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        if https_only:
            fixed["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        self._strict = _raw(fixed | {"Content-Security-Policy": _STRICT_CSP})
        self._docs = _raw(fixed | {"Content-Security-Policy": _DOCS_CSP})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request and add the headers to its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        added = self._docs if scope["path"].startswith(_DOCS) else self._strict

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *added]
            await send(message)

        await self._app(scope, receive, send_with_headers)


class TrustedHostMiddleware:
    """Refuses host names that are not ours; probes come by address (S4)."""

    def __init__(self, app: ASGIApp, hosts: Sequence[str]) -> None:
        """Wrap an application.

        Args:
            app: What is wrapped.
            hosts: Names, `*.example.com` for subdomains; empty accepts all.
        """
        self._app = app
        self._names = frozenset(host.lower() for host in hosts if "*" not in host)
        self._suffixes = tuple(host[1:].lower() for host in hosts if host != "*")
        self._suffixes = tuple(s for s in self._suffixes if s.startswith("."))
        self._any = not hosts or "*" in hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request for one of our names.

        Raises:
            UnknownHostError: It is for another.
        """
        if not (
            self._any
            or scope["type"] != "http"
            or scope["path"].startswith(_ASKED_BY_ADDRESS)
        ):
            host = Headers(scope=scope).get("host", "").rpartition(":")
            name = (host[0] if host[2].isdigit() else "".join(host)).lower()
            if name not in self._names and not name.endswith(self._suffixes or ("\0",)):
                raise UnknownHostError
        await self._app(scope, receive, send)


class BodyLimitMiddleware:
    """Refuses bodies that are too large, announced or not (S4 Security Baseline)."""

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        """Wrap an application; the limit is in bytes."""
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request whose body fits.

        Raises:
            RequestTooLargeError: It does not.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit():
                if int(value) > self._max_bytes:
                    raise self._too_large()
                break
        seen = 0

        async def receive_counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._max_bytes:
                raise self._too_large()
            return message

        await self._app(scope, receive_counted, send)

    def _too_large(self) -> RequestTooLargeError:
        return RequestTooLargeError(
            f"A body has at most {self._max_bytes:,} bytes here."
        )


class TimeoutMiddleware:
    """Ends requests that take too long; an answer that has begun may go on (S1 §9)."""

    def __init__(self, app: ASGIApp, *, seconds: float) -> None:
        """Wrap an application; `time_limit` shortens the limit of a route."""
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request in time.

        Raises:
            RequestTimeoutError: It took too long.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        timeout = asyncio.timeout(self._seconds)
        scope[_TIMEOUT] = timeout

        async def send_untimed(message: Message) -> None:
            # A stream has no end in sight; its own idle limit ends it.
            if message["type"] == "http.response.start":
                timeout.reschedule(None)
            await send(message)

        try:
            async with timeout:
                await self._app(scope, receive, send_untimed)
        except TimeoutError as error:
            if not timeout.expired():
                raise
            _log.warning(
                "request timed out", method=scope["method"], path=scope["path"]
            )
            raise RequestTimeoutError from error


def time_limit(seconds: float) -> Any:  # noqa: ANN401 - what FastAPI's Depends returns
    """Give a route a limit of its own, from where its work begins (S2 §16.4).

    Args:
        seconds: Longest time; `dependencies=[time_limit(5)]`.
    """

    async def shorten(request: Request) -> None:
        timeout: asyncio.Timeout | None = request.scope.get(_TIMEOUT)
        if timeout is not None:
            timeout.reschedule(asyncio.get_running_loop().time() + seconds)

    return Depends(shorten)


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [
        (name.lower().encode(), value.encode("latin-1"))
        for name, value in headers.items()
    ]
