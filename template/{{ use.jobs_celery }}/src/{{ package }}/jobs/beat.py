"""Celery's beat, which queues rows of the table instead of sending messages.

It is a process of its own, or beside a worker. However many announce a time, its row is
there once: the key is the line's name with the minute it was due. So there is no state
to keep but the table's.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from celery import Celery
from celery.beat import ScheduleEntry, Scheduler
from celery.schedules import crontab
from sqlalchemy import select

from ..core.errors import AppError
from ..core.logging import get_logger
from ..tasks.models import Task
from .scheduled import Scheduled, enqueue_scheduled

if TYPE_CHECKING:
    from ..bootstrap import Container

# After an outage one run makes up for all that were missed, if they are this recent.
_GRACE: Final = timedelta(hours=6)
_LONGEST_PAUSE_SECONDS: Final = 30
_logger = get_logger(__name__)


class Beat(Scheduler):
    """Celery's scheduler; what is due is collected in `due`, not sent."""

    def __init__(
        self, app: "Celery[Any]", lines: Sequence[Scheduled], since: dict[str, datetime]
    ) -> None:
        """Schedule the lines.

        Args:
            app: Says that times are UTC.
            lines: Of the schedule.
            since: When a line ran last; now, for those that are not named.
        """
        self.due: list[tuple[str, datetime]] = []
        entries = {
            line.name: ScheduleEntry(
                name=line.name,
                task=line.definition.name,
                schedule=crontab.from_string(line.cron),
                last_run_at=since.get(line.name),
                app=app,
            )
            for line in lines
        }
        super().__init__(app, entries, max_interval=_LONGEST_PAUSE_SECONDS)

    def setup_schedule(self) -> None:
        """Keep the entries as they are: the schedule has no second place."""

    @property
    def producer(self) -> Any:  # noqa: ANN401 - Celery's own signature
        """Nothing: there is no connection to a broker."""
        return None

    def apply_async(
        self,
        entry: ScheduleEntry,
        producer: object = None,
        advance: bool = True,
        **kwargs: Any,  # noqa: ANN401 - Celery's own signature
    ) -> None:
        """Note a line whose time has come, with that time."""
        del producer, advance, kwargs
        schedule = cast("crontab", entry.schedule)
        since = cast("datetime", entry.last_run_at)
        self.due.append((entry.name or "", newest_due(schedule, since)))


def newest_due(schedule: crontab, since: datetime) -> datetime:
    """Return the newest time that is due: all beats name the same, whenever they begin.

    Args:
        schedule: With a time between then and now.
        since: When it was due before.
    """
    now = datetime.now(UTC)
    due = following = since
    while following <= now:
        due = following
        started, wait, _ = schedule.remaining_delta(due)
        following = (started + wait).astimezone(UTC)
    return due


async def run_schedule(
    container: "Container", lines: Sequence[Scheduled], stop: asyncio.Event
) -> None:
    """Queue scheduled tasks when they are due, until `stop` is set.

    A time that was missed by less than six hours is made up for, once.

    Args:
        container: The parts of the service.
        lines: Of the schedule.
        stop: Ends the schedule; what it has queued stays.
    """
    by_name = {line.name: line for line in lines}
    app: Celery[Any] = Celery("beat", set_as_current=False)
    app.conf.update(enable_utc=True, timezone="UTC")
    beat: Beat | None = None
    while not stop.is_set():
        pause = container.settings.task_poll_seconds
        try:
            if beat is None:
                beat = Beat(app, lines, await last_times(container, lines))
            pause = beat.tick()
            while beat.due:
                name, due = beat.due[0]
                await enqueue_scheduled(container, by_name[name], due)
                beat.due.pop(0)
        except AppError as error:
            _logger.warning("schedule_waits", reason=error.code)
            pause = container.settings.task_poll_seconds
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)


async def last_times(
    container: "Container", lines: Sequence[Scheduled]
) -> dict[str, datetime]:
    """Return when each line was due last, as far as the table knows.

    Raises:
        UnavailableError: The database does not answer.
    """
    earliest = datetime.now(UTC) - _GRACE
    found: dict[str, datetime] = {}
    async with container.database.unit_of_work() as uow:
        for line in lines:
            prefix = f"{line.name}@"
            key = await uow.session.scalar(
                select(Task.idempotency_key)
                .where(
                    Task.name == line.definition.name,
                    Task.idempotency_key.startswith(prefix, autoescape=True),
                )
                .order_by(Task.idempotency_key.desc())
                .limit(1)
            )
            if key is not None:
                due = datetime.fromisoformat(key.removeprefix(prefix))
                found[line.name] = max(earliest, due)
    return found
