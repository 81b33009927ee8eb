"""Outgoing HTTP: one client, always with timeouts, always with the trace."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

import httpx

from .config import CoreSettings
from .context import REQUEST_ID_HEADER, TRACEPARENT_HEADER, current

_CONNECT_SECONDS: Final = 5.0


async def _propagate(request: httpx.Request) -> None:
    """Carry the request's id and trace into the call."""
    context = current()
    if context.request_id is not None:
        request.headers.setdefault(REQUEST_ID_HEADER, context.request_id)
    if context.trace is not None:
        request.headers.setdefault(TRACEPARENT_HEADER, context.trace.traceparent)


@asynccontextmanager
async def http_client(
    settings: CoreSettings,
    *,
    external: bool = True,
    base_url: str = "",
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncGenerator[httpx.AsyncClient]:
    """Open a pooled client to be shared by all calls to one peer.

    Args:
        settings: Gives the timeouts.
        external: Whether the peer is somebody else's service, which gets more time.
        base_url: Address that relative URLs continue.
        transport: Replaces the network, for tests.

    Yields:
        The client; it is closed afterwards.
    """
    seconds = (
        settings.http_external_timeout_seconds
        if external
        else settings.http_timeout_seconds
    )
    async with httpx.AsyncClient(
        base_url=base_url,
        event_hooks={"request": [_propagate]},
        limits=httpx.Limits(max_connections=50, max_keepalive_connections=10),
        timeout=httpx.Timeout(seconds, connect=min(_CONNECT_SECONDS, seconds)),
        transport=transport,
    ) as client:
        yield client
