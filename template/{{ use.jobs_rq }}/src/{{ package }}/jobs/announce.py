"""Queues what the schedule says, without a scheduler that could be lost or doubled.

Every worker announces every time. The unique key of a scheduled task lets one of the
announcements in, so that it does not matter which worker was first, or how many run.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from croniter import croniter  # type: ignore[import-untyped] # has no types
from sqlalchemy import select

from ..core.errors import AppError
from ..core.logging import get_logger
from ..tasks.models import Task
from .scheduled import Scheduled, enqueue_scheduled

if TYPE_CHECKING:
    from ..bootstrap import Container

# A time that was missed is made up for once, if it is this recent.
_GRACE: Final = timedelta(hours=6)
_SECOND: Final = timedelta(seconds=1)
_MINUTE_SECONDS: Final = 60

_logger = get_logger(__name__)


async def announce(
    container: "Container", schedule: Sequence[Scheduled], stop: asyncio.Event
) -> None:
    """Queue scheduled tasks when they are due, until `stop` is set.

    Args:
        container: The parts of the service.
        schedule: What there is to be.
        stop: Ends the announcements; what is queued stays.
    """
    announced: dict[str, datetime] = {}
    while not stop.is_set():
        for entry in schedule:
            due = last_due(entry.cron, datetime.now(UTC))
            try:
                if announced.get(entry.name) != due:
                    await _announce(container, entry, due, entry.name in announced)
                    announced[entry.name] = due
            except AppError as error:
                _logger.warning("schedule_waits", entry=entry.name, reason=error.code)
        with contextlib.suppress(TimeoutError):
            pause = _MINUTE_SECONDS - datetime.now(UTC).second
            await asyncio.wait_for(stop.wait(), pause)


async def _announce(
    container: "Container", entry: Scheduled, due: datetime, running: bool
) -> None:
    """Queue a line of the schedule; what is missed only if the line was known then."""
    missed = not running and datetime.now(UTC) - due <= _GRACE
    if running or (missed and await _known(container, entry)):
        await enqueue_scheduled(container, entry, due)


async def _known(container: "Container", entry: Scheduled) -> bool:
    """Tell whether this line has ever been queued: a new one has missed nothing."""
    queued = select(Task.id).where(
        Task.name == entry.definition.name,
        Task.idempotency_key.startswith(f"{entry.name}@", autoescape=True),
    )
    async with container.database.unit_of_work() as uow:
        return await uow.session.scalar(queued.limit(1)) is not None


def last_due(cron: str, now: datetime) -> datetime:
    """Return the newest time of a line of the schedule that is not in the future.

    Args:
        cron: Five fields, in UTC.
        now: The present, with its time zone.
    """
    after = now.astimezone(UTC).replace(microsecond=0) + _SECOND
    due: datetime = croniter(cron, after).get_prev(datetime)
    return due
