"""The time that a request may take."""

import asyncio
from typing import Any, Final

from fastapi import Depends
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ...core.logging import get_logger, shown_path
from ..errors import RequestTimeoutError

_log = get_logger(__name__)
_TIMEOUT: Final = "request_timeout"


class TimeoutMiddleware:
    """Ends requests that take too long; an answer that has begun may go on."""

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
            path = shown_path(scope["path"])
            _log.warning("request timed out", method=scope["method"], path=path)
            raise RequestTimeoutError from error


def time_limit(seconds: float) -> Any:  # noqa: ANN401 - what FastAPI's Depends returns
    """Give a route a limit of its own, from where its work begins.

    Args:
        seconds: Longest time; `dependencies=[time_limit(5)]`.
    """

    async def shorten(request: Request) -> None:
        timeout: asyncio.Timeout | None = request.scope.get(_TIMEOUT)
        if timeout is not None:
            timeout.reschedule(asyncio.get_running_loop().time() + seconds)

    return Depends(shorten)
