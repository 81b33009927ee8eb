"""Whether a port is free, and who has it.

Servers share a port without a word when all of them allow it: callers then meet one or
the other. So it is asked for before.
"""

import errno
import shlex
import socket
from contextlib import suppress
from ipaddress import ip_address
from typing import Final

from ..core.errors import UnavailableError
from ..core.masking import mask

_IPV4: Final = 4
_LAST: Final = 65_535
_TRIED: Final = 100
_CONNECT_SECONDS: Final = 0.5
_SHOWN: Final = 80


def reachable(host: str) -> str:
    """Return where this machine calls what listens on an address, or on all."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not address.is_unspecified:
        return host
    return "127.0.0.1" if address.version == _IPV4 else "::1"


def require_free(host: str, port: int) -> None:
    """Refuse a port that somebody listens on.

    Raises:
        UnavailableError: It is taken, or may not be used at all.
    """
    if not _is_free(host, port):
        message = f"Port {port} is taken by {owner(port) or 'another program'}."
        raise UnavailableError(message, hint="Stop it, or set PORT to another port.")


def next_free(host: str, port: int) -> int:
    """Return the port, or the first one after it that nobody listens on.

    Raises:
        UnavailableError: There is none near it, or none may be used.
    """
    last = min(port + _TRIED, _LAST)
    for candidate in range(port, last + 1):
        if _is_free(host, candidate):
            return candidate
    message = f"All ports from {port} to {last} are taken."
    raise UnavailableError(message, hint="Stop what has them, or set PORT.")


def owner(port: int) -> str | None:
    """Name the process that listens there, if the system tells.

    Returns:
        Its id and command; nothing where this is not known.
    """
    try:
        # Comes with the development dependencies.
        import psutil  # type: ignore[import-untyped] # noqa: PLC0415
    except ImportError:
        return None
    with suppress(psutil.Error, OSError):
        for found in psutil.net_connections(kind="tcp"):
            listens = found.status == psutil.CONN_LISTEN
            if listens and found.laddr[1:] == (port,) and found.pid is not None:
                command = shlex.join(psutil.Process(found.pid).cmdline())
                return f"process {found.pid} ({str(mask(command))[:_SHOWN]})"
    return None


def _is_free(host: str, port: int) -> bool:
    """Say whether nobody listens there, on this address or on all of them."""
    if _somebody_answers(reachable(host), port):
        return False
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            # What was closed a moment ago does not count.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        message = f"Nothing can listen on {host}, port {port}: {error.strerror}."
        raise UnavailableError(message, hint="Set HOST and PORT.") from error
    return True


def _somebody_answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=_CONNECT_SECONDS).close()
    except OSError:
        return False
    return True
