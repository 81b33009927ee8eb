"""When failed work is tried again and short retries within a call."""

import random
from collections.abc import Awaitable, Callable

from tenacity import (
    AsyncRetrying,
    retry_if_exception,
    stop_after_attempt,
    wait_exponential_jitter,
)

from .categories import ErrorCategory, categorize, retry_after_seconds
from .config import ResilienceSettings

_FINAL = frozenset({ErrorCategory.CRITICAL, ErrorCategory.PERMANENT})
_WITHIN_A_CALL = frozenset({ErrorCategory.NETWORK, ErrorCategory.TRANSIENT})
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0


def retry_delay(
    error: BaseException,
    attempts: int,
    settings: ResilienceSettings,
    *,
    max_retries: int | None = None,
) -> float | None:
    """Decide after a failure when the work is tried again.

    Three retries after 5, 15 and 30 minutes, by default. A server that names
    a time is obeyed, up to `MAX_RETRY_AFTER_SECONDS`. A random share of the delay is
    added, so that work which failed together does not come back together.

    Args:
        error: What happened; `categorize` decides what it means.
        attempts: Tries made so far, the failed one included.
        settings: The ladder, the waits by category and the switch.
        max_retries: Replaces the configured number of further tries.

    Returns:
        Seconds to wait, or None when the work is not to be tried again.
    """
    category = categorize(error)
    limit = settings.max_retries if max_retries is None else max_retries
    if category in _FINAL or attempts > limit or not settings.enable_retry_queue:
        return None
    asked = retry_after_seconds(error)
    if asked is None:
        delay = _planned_delay(category, attempts, settings)
    else:
        delay = min(asked, settings.max_retry_after_seconds)
    # Not cryptography: the jitter only spreads the load.
    spread = random.uniform(0, settings.retry_jitter)  # noqa: S311
    return delay * (1 + spread)


def _planned_delay(
    category: ErrorCategory, attempts: int, settings: ResilienceSettings
) -> float:
    if category is ErrorCategory.RATE_LIMIT:
        return settings.rate_limit_delay_seconds
    if category is ErrorCategory.BLOCKED:
        return settings.blocked_delay_seconds
    if category is ErrorCategory.TRANSIENT:
        return settings.transient_delay_seconds * 2.0 ** (attempts - 1)
    ladder = settings.retry_delays
    return ladder[min(attempts, len(ladder)) - 1]


async def call_with_retries[T](
    call: Callable[[], Awaitable[T]], settings: ResilienceSettings
) -> T:
    """Repeat a short call that may be repeated safely.

    Network and transient failures are tried again after a tenth of a second and more,
    `HTTP_ATTEMPTS` times in all; every other failure is raised at once.

    Raises:
        Exception: What the last try raised.
    """
    retrying = AsyncRetrying(
        stop=stop_after_attempt(settings.http_attempts),
        wait=wait_exponential_jitter(
            multiplier=_FIRST_PAUSE_SECONDS,
            max=_LONGEST_PAUSE_SECONDS,
            jitter=_FIRST_PAUSE_SECONDS,
        ),
        retry=retry_if_exception(lambda error: categorize(error) in _WITHIN_A_CALL),
        reraise=True,
    )

    async def attempt() -> T:
        return await call()

    return await retrying(attempt)
