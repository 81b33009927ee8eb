"""Clients of the server, with a limit on every wait."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, Final

from pydantic import SecretStr
from redis import Redis
from redis.exceptions import RedisError

from ..core.errors import UnavailableError
from ..core.logging import get_logger
from .config import RedisSettings
from .embedded import embedded_address

if TYPE_CHECKING:
    from ..bootstrap import Container
    from ..core.settings import Settings

_log = get_logger(__name__)

# A connection that was idle for so long is tried before it is used, seconds.
_CHECK_SECONDS: Final = 30


@contextmanager
def answering() -> Generator[None]:
    """Turn whatever prevents an answer into one error.

    Raises:
        UnavailableError: The server does not answer, or does not let us in.
    """
    try:
        yield
    except (RedisError, OSError) as error:
        message = f"Valkey does not answer ({type(error).__name__})."
        raise UnavailableError(message, hint="Look at REDIS_URL.") from error


def connect(settings: RedisSettings) -> Redis:
    """Make a client; it opens its connections when it needs them."""
    untyped: Any = Redis
    client: Redis = untyped.from_url(
        settings.redis_address,
        health_check_interval=_CHECK_SECONDS,
        socket_connect_timeout=settings.redis_connect_timeout_seconds,
        socket_timeout=settings.redis_timeout_seconds,
    )
    return client


class RedisServer:
    """The server as the service sees it."""

    def __init__(self, settings: RedisSettings) -> None:
        """Take the address and the limits."""
        self.client = connect(settings)

    async def ping(self) -> None:
        """Ask for an answer.

        Raises:
            UnavailableError: There is none.
        """
        with answering():
            await asyncio.to_thread(self._ask)

    def _ask(self) -> None:
        untyped: Any = self.client
        untyped.ping()


@asynccontextmanager
async def open_redis(settings: RedisSettings) -> AsyncGenerator[RedisServer]:
    """Make the client, and close its connections at the end."""
    server = RedisServer(settings)
    try:
        yield server
    finally:
        server.client.close()


async def given_or_embedded_redis(settings: "Settings") -> "Settings":
    """Use the given server, or in development and tests an embedded one."""
    if settings.redis_url is not None:
        return settings
    address = SecretStr(await asyncio.to_thread(embedded_address))
    return settings.model_copy(update={"redis_url": address})


async def check_redis(container: "Container") -> None:
    """Say in the log that the server does not answer; tasks wait until it does."""
    try:
        await container.redis.ping()
    except UnavailableError as error:
        _log.warning("valkey is away", reason=error.detail, hint=error.hint)
