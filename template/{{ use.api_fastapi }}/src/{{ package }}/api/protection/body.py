"""The size of what is sent to the service."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import RequestTooLargeError


class BodyLimitMiddleware:
    """Refuses bodies that are too large, announced or not."""

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
