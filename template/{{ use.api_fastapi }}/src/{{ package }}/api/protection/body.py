"""The size of what is sent to the service."""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import RequestTooLargeError

# A form is decoded character by character, and anybody may send one here.
_OPEN: Final = "/api/v1/auth/"
_MOST_OPEN: Final = 16 * 1024
_MOST_DIGITS: Final = 18


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
        most = self._max_bytes
        if scope["path"].startswith(_OPEN):
            most = min(most, _MOST_OPEN)
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit():
                if len(value) > _MOST_DIGITS or int(value) > most:
                    raise _too_large(most)
                break
        seen = 0

        async def receive_counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise _too_large(most)
            return message

        await self._app(scope, receive_counted, send)


def _too_large(most: int) -> RequestTooLargeError:
    return RequestTooLargeError(f"A body has at most {most:,} bytes here.")
