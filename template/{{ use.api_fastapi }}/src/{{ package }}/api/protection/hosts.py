"""The host names that the service answers to."""

from collections.abc import Sequence
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ..errors import UnknownHostError

_ASKED_BY_ADDRESS: Final = ("/health/", "/metrics")


class TrustedHostMiddleware:
    """Refuses host names that are not ours; probes come by address."""

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
            UnknownHostError: It is for another, or for more than one: a proxy and we
                could take different ones for the right one.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        hosts = Headers(scope=scope).getlist("host")
        if len(hosts) > 1:
            message = "The request has more than one Host header."
            raise UnknownHostError(message)
        if not (self._any or scope["path"].startswith(_ASKED_BY_ADDRESS)):
            host = "".join(hosts).rpartition(":")
            name = (host[0] if host[2].isdigit() else "".join(host)).lower()
            if name not in self._names and not name.endswith(self._suffixes or ("\0",)):
                raise UnknownHostError
        await self._app(scope, receive, send)
