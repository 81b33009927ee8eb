"""Who is really calling, when a proxy stands in between."""

import ipaddress
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from .config import Network

_MOST_HOPS: Final = 20


class ClientAddressMiddleware:
    """Puts the caller's address and scheme into the scope, from trusted proxies only.

    Each proxy appends the address that it saw, so the list is read from its end: the
    first address that is no trusted proxy is the caller. Anything before it could have
    been written by the caller.
    """

    def __init__(self, app: ASGIApp, networks: Sequence[Network]) -> None:
        """Wrap an application.

        Args:
            app: What is wrapped.
            networks: Where trusted proxies are.
        """
        self._app = app
        self._networks = networks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Replace the address of the proxy by the caller's."""
        client = scope.get("client")
        if client is not None and self._is_trusted(client[0]):
            headers = Headers(scope=scope)
            caller = self._caller(headers.getlist("x-forwarded-for"))
            proto = headers.get("x-forwarded-proto", "")
            scope = dict(scope)
            if caller is not None:
                scope["client"] = (caller, 0)
            if proto in {"http", "https"}:
                scope["scheme"] = proto
        await self._app(scope, receive, send)

    def _caller(self, forwarded: list[str]) -> str | None:
        for hop in _last(forwarded):
            try:
                ipaddress.ip_address(hop)
            except ValueError:
                return None
            if not self._is_trusted(hop):
                return hop
        return None

    def _is_trusted(self, address: str) -> bool:
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(ip in network for network in self._networks)


def _last(forwarded: list[str]) -> Iterator[str]:
    """Give the hops from the last one; more than a few proxies are no proxies."""
    hops = (hop for line in reversed(forwarded) for hop in _backwards(line))
    return islice(hops, _MOST_HOPS)


def _backwards(line: str) -> list[str]:
    return [hop.strip() for hop in reversed(line.rsplit(",", _MOST_HOPS))]
