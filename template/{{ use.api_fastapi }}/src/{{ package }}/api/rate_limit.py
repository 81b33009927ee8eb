"""Limits what each caller may send; `limits` counts it, once for the whole service."""

import asyncio
from contextlib import suppress
from typing import Any, Final, Protocol
from uuid import UUID

from fastapi import Depends
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..core.addresses import subscriber
from ..core.errors import AuthenticationError, RateLimitedError, UnavailableError
from .dependencies import API_KEY_HEADER
from .limits.shared import SharedLimits
from .problems import problem_response

_EXEMPT: Final = ("/health/", "/metrics")
_BEARER: Final = b"bearer "
_API_KEY: Final = API_KEY_HEADER.lower().encode()


class Callers(Protocol):
    """Knows whose a token (`user`) or an API key (`key`) is."""

    @property
    def limits(self) -> SharedLimits:
        """Where requests are counted."""
        ...

    def known(self, kind: str, token: str) -> UUID | None:
        """Say it without asking, where it was verified before."""
        ...

    async def identify(self, kind: str, token: str) -> UUID:
        """Verify it.

        Raises:
            AuthenticationError: It is nobody's.
            UnavailableError: The database does not answer.
        """
        ...


class RateLimitMiddleware:
    """Limits each user, each API key, and the addresses of all others."""

    def __init__(
        self,
        app: ASGIApp,
        callers: Callers,
        *,
        per_minute: int,
        patience_seconds: float,
    ) -> None:
        """Wrap an application.

        Args:
            app: What is wrapped.
            callers: Says who sends a request, and counts it.
            per_minute: Requests of each caller.
            patience_seconds: Longest wait for who it is; then the address counts.
        """
        self._app = app
        self._callers = callers
        self._per_minute = per_minute
        self._patience = patience_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve or refuse a request, and say what is left of the limit."""
        if scope["type"] != "http" or scope["path"].startswith(_EXEMPT):
            await self._app(scope, receive, send)
            return
        caller = await self._caller(scope)
        verdict = await self._callers.limits.take(caller, self._per_minute)
        headers = verdict.headers

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *headers]
            await send(message)

        if not verdict.allowed:
            refusal = RateLimitedError(retry_after=verdict.retry_after)
            response = problem_response(refusal, scope["path"])
            await response(scope, receive, send_with_headers)
            return
        await self._app(scope, receive, send_with_headers)

    async def _caller(self, scope: Scope) -> str:
        """Name the caller; whose token or key is not valid is its address."""
        for name, value in scope["headers"]:
            if name == b"authorization" and value[:7].lower() == _BEARER:
                kind, token = "user", value[len(_BEARER) :].decode("latin-1")
            elif name == _API_KEY:
                kind, token = "key", value.decode("latin-1")
            else:
                continue
            known = self._callers.known(kind, token)
            if known is None:
                known = await self._identified(scope, kind, token)
            if known is not None:
                return f"{kind}:{known}"
        return _address(scope)

    async def _identified(self, scope: Scope, kind: str, token: str) -> UUID | None:
        """Verify what is new to this worker, unless the address only guesses."""
        if self._callers.limits.used_up(_address(scope)):
            return None
        with suppress(AuthenticationError, UnavailableError, TimeoutError):
            async with asyncio.timeout(self._patience):
                return await self._callers.identify(kind, token)
        return None


def _address(scope: Scope) -> str:
    return f"address:{subscriber(client_address(scope))}"


def client_address(scope: Scope) -> str:
    """Return the caller's network address, or a word where there is none."""
    client = scope.get("client")
    return str(client[0]) if client else "local"


def tighter_limit(per_minute: int) -> Any:  # noqa: ANN401 - what FastAPI's Depends returns
    """Limit a costly route more than the others.

    Args:
        per_minute: Requests of one user or address; `dependencies=[tighter_limit(10)]`.
    """

    async def check(request: Request) -> None:
        if not request.app.state.settings.enable_rate_limit:
            return
        principal = request.scope.get("principal")
        caller = principal.id if principal else _address(request.scope)
        route = f"{request.method} {request.scope['route'].path}"
        limits: SharedLimits = request.app.state.limits
        verdict = await limits.take(f"{route} {caller}", per_minute)
        if not verdict.allowed:
            raise RateLimitedError(retry_after=verdict.retry_after)

    return Depends(check)
