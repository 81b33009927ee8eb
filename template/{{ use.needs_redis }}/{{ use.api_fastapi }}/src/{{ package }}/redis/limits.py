"""Buckets in Valkey: one script for all callers that ask at a time."""

from collections.abc import Sequence
from typing import Any, Final

from redis.asyncio import Redis

from .. import SERVICE
from ..api.limits.bucket import ROUNDING, WINDOW, Ask, Taken
from .client import answering
from .config import RedisSettings

# A key says when the bucket is full again, and goes when it is.
_TAKE: Final = f"""
local clock = redis.call('TIME')
local now = clock[1] + clock[2] / 1e6
local answer = {{}}
for number, key in ipairs(KEYS) do
    local wanted, step = tonumber(ARGV[2 * number - 1]), tonumber(ARGV[2 * number])
    local full_at = tonumber(redis.call('GET', key) or '0')
    local missing = math.max(full_at - now, 0)
    local there = math.floor(({WINDOW} - missing) / step + {ROUNDING})
    local granted = math.max(0, math.min(wanted, there))
    if granted > 0 then
        missing = missing + granted * step
        local ends = string.format('%.6f', now + missing)
        redis.call('SET', key, ends, 'PX', math.ceil(missing * 1000))
    end
    answer[2 * number - 1] = granted
    answer[2 * number] = string.format('%.6f', missing)
end
return answer
"""


class ValkeyCounter:
    """Counts in keys that begin with the service's name."""

    name = "valkey"

    def __init__(self, settings: RedisSettings) -> None:
        """Take the address; the connection is made at the first count."""
        untyped: Any = Redis
        self._client: Any = untyped.from_url(
            settings.redis_address,
            socket_connect_timeout=settings.redis_connect_timeout_seconds,
            socket_timeout=settings.redis_timeout_seconds,
        )
        self._script = self._client.register_script(_TAKE)

    async def take(self, asked: Sequence[Ask]) -> list[Taken]:
        """Take tokens in one round trip.

        Raises:
            UnavailableError: The server does not answer.
        """
        keys = [f"{SERVICE}:limit:{ask.key.hex()}" for ask in asked]
        numbers = [number for ask in asked for number in (ask.wanted, ask.step)]
        with answering():
            found = await self._script(keys=keys, args=numbers)
        return [
            Taken(granted, float(full_in))
            for granted, full_in in zip(found[::2], found[1::2], strict=True)
        ]

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()
