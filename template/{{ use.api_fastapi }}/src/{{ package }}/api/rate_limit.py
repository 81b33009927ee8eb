"""Token buckets: bursts are fine, the average is limited.

The buckets are in the memory of one worker. That keeps a request free of a round trip
and is exact enough against overload: with N workers a caller gets up to N times the
limit. What must be exact, attempts to sign in, is counted in the database.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Any, Final
from uuid import UUID

from cachetools import LRUCache
from fastapi import Depends
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..core.addresses import subscriber
from ..core.errors import RateLimitedError
from .dependencies import API_KEY_HEADER
from .problems import problem_response

_MINUTE: Final = 60.0
_CALLERS: Final = 50_000
_EXEMPT: Final = ("/health/", "/metrics")
_BEARER: Final = b"bearer "
_API_KEY: Final = API_KEY_HEADER.lower().encode()

type Known = Callable[[str], UUID | None]


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the limiter says about one request.

    Attributes:
        allowed: Whether it may pass.
        limit: Requests in a minute.
        remaining: How many are left now.
        reset_at: Unix time when all are available again, seconds.
        retry_after: Seconds until the next one is; 0 when allowed.
    """

    allowed: bool
    limit: int
    remaining: int
    reset_at: int
    retry_after: float

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """The three headers that tell a caller where its limit stands."""
        return [
            (b"x-ratelimit-limit", b"%d" % self.limit),
            (b"x-ratelimit-remaining", b"%d" % self.remaining),
            (b"x-ratelimit-reset", b"%d" % self.reset_at),
        ]


class TokenBuckets:
    """One bucket for each caller, the least recently seen forgotten first."""

    def __init__(
        self,
        per_minute: int,
        *,
        callers: int = _CALLERS,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """Make empty buckets.

        Args:
            per_minute: Size of a bucket, and how much flows in each minute.
            callers: Buckets that are remembered.
            monotonic: Measures the flow, replaced in tests.
            wall: Dates the reset, replaced in tests.
        """
        self._limit = per_minute
        self._per_second = per_minute / _MINUTE
        self._buckets: LRUCache[str, _Bucket] = LRUCache(maxsize=callers)
        self._monotonic = monotonic
        self._wall = wall

    def __len__(self) -> int:
        """Return how many callers are remembered."""
        return len(self._buckets)

    def take(self, caller: str) -> Verdict:
        """Take one token of a caller; never waits, so it is atomic within a worker."""
        now = self._monotonic()
        bucket = self._buckets.get(caller)
        if bucket is None:
            bucket = self._buckets[caller] = _Bucket(float(self._limit), now)
        flowed = (now - bucket.filled_at) * self._per_second
        bucket.tokens = min(float(self._limit), bucket.tokens + flowed)
        bucket.filled_at = now
        allowed = bucket.tokens >= 1
        if allowed:
            bucket.tokens -= 1
        missing = self._limit - bucket.tokens
        return Verdict(
            allowed=allowed,
            limit=self._limit,
            remaining=int(bucket.tokens),
            reset_at=ceil(self._wall() + missing / self._per_second),
            retry_after=0 if allowed else (1 - bucket.tokens) / self._per_second,
        )


class RateLimitMiddleware:
    """Limits each user, each API key, and the addresses of all others."""

    def __init__(
        self, app: ASGIApp, buckets: TokenBuckets, known_user: Known, known_key: Known
    ) -> None:
        """Wrap an application.

        Args:
            app: What is wrapped.
            buckets: Counts the requests.
            known_user: Says whose a token is if it was verified before.
            known_key: Says the same of an API key.
        """
        self._app = app
        self._buckets = buckets
        self._known_user = known_user
        self._known_key = known_key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve or refuse a request, and say what is left of the limit."""
        if scope["type"] != "http" or scope["path"].startswith(_EXEMPT):
            await self._app(scope, receive, send)
            return
        verdict = self._buckets.take(self._caller(scope))
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

    def _caller(self, scope: Scope) -> str:
        for name, value in scope["headers"]:
            if name == b"authorization" and value[:7].lower() == _BEARER:
                token = value[len(_BEARER) :].decode("latin-1")
                user_id = self._known_user(token)
                if user_id is not None:
                    return f"user:{user_id}"
            elif name == _API_KEY:
                key_id = self._known_key(value.decode("latin-1"))
                if key_id is not None:
                    return f"key:{key_id}"
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
    buckets = TokenBuckets(per_minute)

    async def check(request: Request) -> None:
        if not request.app.state.settings.enable_rate_limit:
            return
        principal = request.scope.get("principal")
        address = subscriber(client_address(request.scope))
        caller = principal.id if principal else address
        verdict = buckets.take(str(caller))
        if not verdict.allowed:
            raise RateLimitedError(retry_after=verdict.retry_after)

    return Depends(check)
