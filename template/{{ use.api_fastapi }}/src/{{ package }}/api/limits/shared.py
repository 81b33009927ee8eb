"""Asks for tokens on behalf of one worker: seldom, and for many callers at a time.

Who has used up its limit is refused without asking: it is known when the next token
flows. Requests that come while an answer is on its way are asked for together. And of a
bucket of more than a hundred a worker takes one in a hundred at a time, so that a large
limit costs next to nothing.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import ceil
from typing import Final, NamedTuple

from cachetools import LRUCache

from ...core.errors import UnavailableError
from ...core.logging import get_logger
from .bucket import WINDOW, Ask, Counter, Taken

_log = get_logger(__name__)
_CALLERS: Final = 50_000
_SHARE: Final = 100
_PAUSE_SECONDS: Final = 5.0
_DIGEST_BYTES: Final = 16


class Verdict(NamedTuple):
    """What the limit says about one request.

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
    reset_at: float
    retry_after: float

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """The three headers that tell a caller where its limit stands."""
        return [
            (b"x-ratelimit-limit", b"%d" % self.limit),
            (b"x-ratelimit-remaining", b"%d" % self.remaining),
            (b"x-ratelimit-reset", b"%d" % ceil(self.reset_at)),
        ]


@dataclass(slots=True)
class _Share:
    """What this worker holds of a caller's bucket, and knows of the rest.

    Attributes:
        per_minute: Size of the bucket.
        held: Tokens that were taken for requests to come.
        rest: Tokens that were left in the bucket then.
        until: When what is held is worth nothing any more.
        full_at: When the bucket is full again.
        empty_until: When the next token flows.
    """

    per_minute: int
    held: int = 0
    rest: int = 0
    until: float = 0.0
    full_at: float = 0.0
    empty_until: float = 0.0


@dataclass(slots=True)
class _Waiting:
    """Requests of one caller that wait for the same answer."""

    share: _Share
    requests: list[asyncio.Future[Verdict]] = field(
        default_factory=list[asyncio.Future[Verdict]]
    )


class SharedLimits:
    """Decides about requests, by counts that all workers share."""

    def __init__(
        self,
        counters: Sequence[Counter],
        *,
        patience_seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """Know nobody yet.

        Args:
            counters: Where to count; each is for when those before it do not answer.
            patience_seconds: Longest wait for one of them.
            monotonic: Measures the flow, replaced in tests.
            wall: Dates the reset, replaced in tests.
        """
        self._counters = counters
        self._patience = patience_seconds
        self._paused = dict.fromkeys((counter.name for counter in counters), 0.0)
        self._shares: LRUCache[str, _Share] = LRUCache(maxsize=_CALLERS)
        self._waiting: dict[str, _Waiting] = {}
        self._asking: asyncio.Task[None] | None = None
        self._monotonic = monotonic
        self._wall = wall

    async def take(self, caller: str, per_minute: int) -> Verdict:
        """Take one token of a caller.

        Args:
            caller: Who asks; a word before it tells limits of one caller apart.
            per_minute: The caller's limit.
        """
        share = self._shares.get(caller)
        if share is None:
            share = self._shares[caller] = _Share(per_minute)
        now = self._monotonic()
        if share.held > 0 and now < share.until:
            return self._spent(share, now)
        if now < share.empty_until:
            return self._refused(share, now)
        future = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(caller, _Waiting(share)).requests.append(future)
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask_for_all())
        verdict: Verdict = await future
        return verdict

    def used_up(self, caller: str) -> bool:
        """Say, without asking, whether a caller has nothing left."""
        share = self._shares.get(caller)
        return share is not None and self._monotonic() < share.empty_until

    async def close(self) -> None:
        """Stop asking, and let go of connections."""
        if self._asking is not None:
            self._asking.cancel()
            with suppress(asyncio.CancelledError):
                await self._asking
        for counter in self._counters:
            await counter.close()

    async def _ask_for_all(self) -> None:
        """Ask until nobody waits; who comes meanwhile is part of the next question."""
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, {}
                await self._settle(waiting)
        finally:
            self._asking = None

    async def _settle(self, waiting: dict[str, _Waiting]) -> None:
        asked = [
            Ask(_digest(caller), _wanted(each), each.share.per_minute)
            for caller, each in waiting.items()
        ]
        taken = await self._take(asked)
        now = self._monotonic()
        for each, ask, got in zip(waiting.values(), asked, taken, strict=True):
            share = each.share
            share.held, share.rest = got.granted, got.left(ask.step)
            share.until, share.full_at = now + WINDOW, now + got.full_in
            share.empty_until = now + got.wait(ask.step) if not got.granted else 0.0
            for future in each.requests:
                if share.held:
                    verdict = self._spent(share, now)
                else:
                    share.empty_until = now + got.wait(ask.step)
                    verdict = self._refused(share, now)
                if not future.done():
                    future.set_result(verdict)

    async def _take(self, asked: Sequence[Ask]) -> list[Taken]:
        """Ask the first place that answers; one that does not is left alone a while."""
        *shared, last = self._counters
        for counter in shared:
            if self._monotonic() < self._paused[counter.name]:
                continue
            try:
                async with asyncio.timeout(self._patience):
                    return await counter.take(asked)
            except (UnavailableError, TimeoutError):
                self._paused[counter.name] = self._monotonic() + _PAUSE_SECONDS
                _log.warning("limits are counted elsewhere", silent=counter.name)
        return await last.take(asked)

    def _spent(self, share: _Share, now: float) -> Verdict:
        share.held -= 1
        left = share.rest + share.held
        reset_at = self._wall() + max(0.0, share.full_at - now)
        return Verdict(True, share.per_minute, left, reset_at, 0.0)

    def _refused(self, share: _Share, now: float) -> Verdict:
        reset_at = self._wall() + max(0.0, share.full_at - now)
        wait = max(0.0, share.empty_until - now)
        return Verdict(False, share.per_minute, 0, reset_at, wait)


def _wanted(waiting: _Waiting) -> int:
    """Take what is asked for now, and of a large bucket a hundredth in advance."""
    most = waiting.share.per_minute
    return min(most, max(len(waiting.requests), most // _SHARE))


def _digest(caller: str) -> bytes:
    return hashlib.blake2b(caller.encode(), digest_size=_DIGEST_BYTES).digest()
