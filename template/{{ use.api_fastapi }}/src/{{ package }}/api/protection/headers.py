"""Headers that tell browsers what an answer may do."""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_STRICT_CSP: Final = "default-src 'none'; frame-ancestors 'none'"
# The documentation page begins with a script of its own, and styles what it draws.
_DOCS_CSP: Final = (
    "default-src 'none'; connect-src 'self'; img-src 'self' data:; "
    "script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "frame-ancestors 'none'"
)
_DOCS: Final = "/docs"


class SecurityHeadersMiddleware:
    """Adds the security headers to every answer, errors included."""

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


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [
        (name.lower().encode(), value.encode("latin-1"))
        for name, value in headers.items()
    ]
