"""The connection to the broker, with a limit for every wait."""

import asyncio
import ssl
from typing import Any, Final

from amqp.exceptions import AMQPError
from kombu import Connection
from kombu.exceptions import KombuError

from ..core.errors import UnavailableError
from .config import BrokerSettings

BROKER_ERRORS: Final = (AMQPError, KombuError, OSError)
_FIRST_PAUSE_SECONDS: Final = 0.2


class BrokerUnavailableError(UnavailableError):
    """The broker does not answer, or refuses."""

    code = "broker_unavailable"
    title = "The message broker does not answer"


def transport_options(settings: BrokerSettings) -> dict[str, Any]:
    """Return what kombu's transport is told: confirmed messages, limited waits."""
    seconds = settings.broker_timeout_seconds
    return {
        "confirm_publish": True,
        "connect_timeout": seconds,
        "interval_start": _FIRST_PAUSE_SECONDS,
        "interval_step": _FIRST_PAUSE_SECONDS,
        "write_timeout": seconds,
    }


def tls_options(settings: BrokerSettings) -> dict[str, Any] | None:
    """Return how a server proves who it is; None without TLS.

    The library would take any certificate unless it is told not to.
    """
    if not settings.broker_encrypted:
        return None
    return {"cert_reqs": ssl.CERT_REQUIRED, "server_hostname": None}  # None: the URL's


async def ping_broker(settings: BrokerSettings) -> None:
    """Connect and leave again.

    Raises:
        BrokerUnavailableError: It does not answer in time, or refuses.
        ValueError: No broker was given.
    """
    try:
        await asyncio.to_thread(_connect, settings)
    except BROKER_ERRORS as error:
        message = f"The message broker does not answer: {type(error).__name__}."
        hint = "Look at BROKER_URL, and whether RabbitMQ runs."
        raise BrokerUnavailableError(message, hint=hint) from error


def _connect(settings: BrokerSettings) -> None:
    with Connection(
        settings.broker_address,
        connect_timeout=settings.broker_timeout_seconds,
        ssl=tls_options(settings) or False,
        transport_options=transport_options(settings),
    ) as connection:
        connection.ensure_connection(max_retries=1, interval_start=0)
