"""Working through a batch: limited, counted, and stopped when it makes no sense."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..core.logging import get_logger
from ..core.metrics import ERRORS
from .categories import ErrorCategory, categorize
from .config import ResilienceSettings
from .workers import Work, run_item

type StopReason = Literal["critical", "consecutive_failures"]

_logger = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ItemOutcome[Result]:
    """What became of one item.

    Attributes:
        index: The item's place in the batch, from 0.
        result: What the work returned, when it succeeded.
        error: What it raised, when it failed.
        category: What that means, when it failed.
        duration_ms: Time it took, in milliseconds.
    """

    index: int
    result: Result | None
    error: Exception | None
    category: ErrorCategory | None
    duration_ms: int

    @property
    def succeeded(self) -> bool:
        """Whether the work returned."""
        return self.error is None


class FailureStreak:
    """Counts failures in a row and tells when a run has to stop."""

    def __init__(self, limit: int) -> None:
        """Stop after `limit` failures in a row, or at the first critical one."""
        self._limit = limit
        self._failures = 0
        self.stop_reason: StopReason | None = None

    def record(self, category: ErrorCategory | None) -> None:
        """Take note of a failure's category, or of a success (None)."""
        self._failures = 0 if category is None else self._failures + 1
        if category is ErrorCategory.CRITICAL:
            self.stop_reason = "critical"
        elif self._failures >= self._limit:
            self.stop_reason = self.stop_reason or "consecutive_failures"


@dataclass(slots=True)
class BatchReport[Result]:
    """The end of a run.

    Attributes:
        outcomes: One for each item that was started, in the order they ended.
        not_started: Places of the items that a stop, or the cap, has left for later.
        stop_reason: Why the run ended early; None when it did not.
    """

    outcomes: list[ItemOutcome[Result]] = field(
        default_factory=list[ItemOutcome[Result]]
    )
    not_started: list[int] = field(default_factory=list[int])
    stop_reason: StopReason | None = None

    @property
    def succeeded(self) -> int:
        """Number of items that succeeded."""
        return sum(outcome.succeeded for outcome in self.outcomes)

    @property
    def failed(self) -> int:
        """Number of items that failed."""
        return len(self.outcomes) - self.succeeded


async def run_batch[Item, Result](
    items: Sequence[Item],
    work: Work[Item, Result],
    settings: ResilienceSettings,
) -> BatchReport[Result]:
    """Work through a batch in the configured execution mode.

    At most `MAX_BATCH_SIZE` items are taken. `MAX_WORKERS` threads or processes, or
    `MAX_CONCURRENT_TASKS` coroutines, work at once; each item has
    `TASK_TIMEOUT_SECONDS`. After `MAX_CONSECUTIVE_FAILURES`, or a critical failure,
    nothing more is started. A failure of an item never leaves this function.

    Args:
        items: What to work on.
        work: A function or coroutine function of one item. For `processes` both it
            and the items must be picklable.
        settings: Mode and limits.

    Returns:
        What became of each item.
    """
    run = _Run(items[: settings.max_batch_size], work, settings)
    report = await run.to_the_end()
    report.not_started.extend(range(settings.max_batch_size, len(items)))
    _logger.info(
        "batch_finished",
        succeeded=report.succeeded,
        failed=report.failed,
        not_started=len(report.not_started),
        stop_reason=report.stop_reason,
    )
    return report


class _Run[Item, Result]:
    def __init__(
        self,
        items: Sequence[Item],
        work: Work[Item, Result],
        settings: ResilienceSettings,
    ) -> None:
        self._items = items
        self._work = work
        self._settings = settings
        self._waiting = iter(range(len(items)))
        self._streak = FailureStreak(settings.max_consecutive_failures)
        self._report = BatchReport[Result]()

    async def to_the_end(self) -> BatchReport[Result]:
        """Keep as many items in flight as allowed until none is left."""
        settings = self._settings
        if settings.execution_mode == "asyncio":
            width = settings.max_concurrent_tasks
        else:
            width = settings.max_workers
        async with asyncio.TaskGroup() as group:
            for _ in range(min(width, len(self._items))):
                group.create_task(self._take_items())
        self._report.stop_reason = self._streak.stop_reason
        self._report.not_started.extend(self._waiting)
        return self._report

    async def _take_items(self) -> None:
        while self._streak.stop_reason is None:
            index = next(self._waiting, None)
            if index is None:
                return
            outcome = await self._run_one(index)
            self._streak.record(outcome.category)
            self._report.outcomes.append(outcome)

    async def _run_one(self, index: int) -> ItemOutcome[Result]:
        started = time.perf_counter()
        result: Result | None = None
        failure: Exception | None = None
        category: ErrorCategory | None = None
        try:
            result = await run_item(
                self._work,
                self._items[index],
                self._settings.execution_mode,
                self._settings.task_timeout_seconds,
            )
        except Exception as error:  # one item must not end the batch
            failure, category = error, categorize(error)
            ERRORS.labels(category=category).inc()
            unknown = error if category is ErrorCategory.UNKNOWN else None
            _logger.warning(
                "item_failed", index=index, category=category, exc_info=unknown
            )
        elapsed = int((time.perf_counter() - started) * 1000)
        return ItemOutcome(index, result, failure, category, elapsed)
