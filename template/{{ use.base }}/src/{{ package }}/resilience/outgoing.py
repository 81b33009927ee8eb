"""Calls to other services: gated, limited, retried, and cut off when failing."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState

from ..core.logging import get_logger
from .categories import ErrorCategory, categorize
from .config import ResilienceSettings
from .errors import CircuitOpenError
from .network import NetworkMonitor
from .retry import call_with_retries

_logger = get_logger(__name__)

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_REPEATABLE = _READING | {"PUT", "DELETE"}
# What says that the host itself is unwell; the rest is the caller's own fault.
_HOST_FAILURES = frozenset({ErrorCategory.NETWORK, ErrorCategory.TRANSIENT})


class Bulkheads:
    """One host's slowness cannot take all connections."""

    def __init__(self, limit: int) -> None:
        """Allow each host so many calls in flight."""
        self._limit = limit
        self._slots: dict[str, asyncio.Semaphore] = {}

    def for_host(self, host: str) -> asyncio.Semaphore:
        """Return the slots of one host."""
        return self._slots.setdefault(host, asyncio.Semaphore(self._limit))


class OutgoingClient:
    """An HTTP client for services that may be slow, busy or gone.

    Each call waits for the network, takes one of the host's slots, is tried again on
    network and transient failures if its method may be repeated, and fails at once
    while the host's circuit is open. In dry-run mode only reading calls are made.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        settings: ResilienceSettings,
        network: NetworkMonitor,
    ) -> None:
        """Guard the calls of a client (`core.http.http_client` opens one).

        Args:
            http: Makes the calls, with its own time limits.
            settings: Tries, circuit and slots.
            network: Holds calls back while offline.
        """
        self._http = http
        self._settings = settings
        self._network = network
        self._bulkheads = Bulkheads(settings.bulkhead_limit)
        self._breakers = AsyncCircuitBreakerFactory(
            default_threshold=settings.breaker_failures,
            default_ttl=settings.breaker_reset_seconds,
            exclude=[(BaseException, _not_the_hosts_fault)],
        )

    async def request(
        self,
        method: str,
        url: str,
        *,
        repeatable: bool = False,
        **options: Any,  # noqa: ANN401 - httpx's own options
    ) -> httpx.Response:
        """Make a call and return its successful answer.

        Args:
            method: The HTTP method. GET, HEAD, OPTIONS, PUT and DELETE are repeated,
                and any method with an `Idempotency-Key` header.
            url: The address.
            repeatable: Whether a call that its method does not allow to be repeated
                may be, because it changes nothing.
            options: Passed on to httpx (`json`, `headers`, `params` ...).

        Raises:
            OfflineError: If the network stays away.
            CircuitOpenError: If the host failed too often of late.
            httpx.HTTPError: If the last try failed; `categorize` says what it means.
        """
        request = self._http.build_request(method, url, **options)
        if self._settings.dry_run_mode and request.method not in _READING:
            _logger.info("dry_run_request", method=method, host=request.url.host)
            return httpx.Response(httpx.codes.NO_CONTENT, request=request)
        await self._network.require_online()
        repeatable |= request.method in _REPEATABLE
        if repeatable or "Idempotency-Key" in request.headers:
            return await call_with_retries(lambda: self._send(request), self._settings)
        return await self._send(request)

    async def _send(self, request: httpx.Request) -> httpx.Response:
        async with self._place(request.url.netloc.decode()):
            response = await self._http.send(request)
            response.raise_for_status()
            return response

    @asynccontextmanager
    async def _place(self, host: str) -> AsyncGenerator[None]:
        breaker = await self._breakers.get_breaker(host)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._bulkheads.for_host(host))
            try:
                await stack.enter_async_context(breaker)
            except OpenedState:
                message = f"{host} failed repeatedly and is left alone for a while."
                raise CircuitOpenError(message) from None
            yield


def _not_the_hosts_fault(error: BaseException) -> bool:
    return categorize(error) not in _HOST_FAILURES
