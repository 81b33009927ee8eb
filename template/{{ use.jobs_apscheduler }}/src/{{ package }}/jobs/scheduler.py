"""APScheduler with its job store in PostgreSQL, so that a missed time is known."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore  # type: ignore[import-untyped] # has no types
from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped] # has no types
from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped] # has no types
from sqlalchemy import MetaData

from ..core.errors import AppError
from ..core.logging import get_logger
from .models import SCHEDULED_JOBS
from .schedule import SCHEDULE
from .scheduled import Scheduled, enqueue_scheduled

if TYPE_CHECKING:
    from ..bootstrap import Container
    from ..db.config import DatabaseSettings

# After an outage one run makes up for all that were missed, if they are this recent.
_GRACE_SECONDS: Final = 6 * 3600
_MILLISECONDS: Final = 1000
_logger = get_logger(__name__)


class _Running:
    """The container of the scheduler that runs in this process.

    Stored jobs name a function and plain arguments; what they need is found here.
    """

    container: "Container | None" = None


async def fire(name: str) -> None:
    """Queue what the schedule calls `name`; the job store keeps this function's path.

    The store has moved on to the next time already: so this one is tried again for as
    long as a missed time is made up for.

    Args:
        name: Of the line whose time has come; a line that is gone is passed over.
    """
    container = _Running.container
    entry = next((entry for entry in SCHEDULE if entry.name == name), None)
    if container is None or entry is None:
        _logger.warning("schedule_unknown", schedule=name)
        return
    due = datetime.now(UTC)
    while datetime.now(UTC) - due < timedelta(seconds=_GRACE_SECONDS):
        try:
            await enqueue_scheduled(container, entry, due)
        except AppError as error:
            _logger.warning("schedule_waits", schedule=name, reason=error.code)
            await asyncio.sleep(container.settings.task_poll_seconds)
        else:
            return


async def run_schedule(container: "Container", stop: asyncio.Event) -> None:
    """Queue scheduled tasks when they are due, until `stop` is set.

    Args:
        container: The parts of the service.
        stop: Ends the scheduler; what it has queued stays.

    Raises:
        SQLAlchemyError: The job store does not answer.
    """
    _Running.container = container
    scheduler = make_scheduler(container.settings)
    scheduler.start(paused=True)
    try:
        adopt(scheduler, SCHEDULE)
        scheduler.resume()
        await stop.wait()
    finally:
        scheduler.shutdown(wait=False)
        _Running.container = None


def adopt(scheduler: Any, schedule: Sequence[Scheduled]) -> None:  # noqa: ANN401 - untyped
    """Make the store equal to the schedule; a line that is unchanged keeps its time.

    Args:
        scheduler: Started, so that it knows what is stored.
        schedule: What there is to be.
    """
    triggers: Any = CronTrigger
    stored: dict[str, str] = {job.id: str(job.trigger) for job in scheduler.get_jobs()}
    for entry in schedule:
        trigger = triggers.from_crontab(entry.cron, timezone="UTC")
        if stored.pop(entry.name, None) != str(trigger):
            scheduler.add_job(
                fire,
                trigger,
                args=[entry.name],
                id=entry.name,
                name=entry.name,
                replace_existing=True,
            )
    for name in stored:
        scheduler.remove_job(name)


def make_scheduler(settings: "DatabaseSettings") -> Any:  # noqa: ANN401 - untyped
    """Make a scheduler whose store is the migrated table; it is not started yet."""
    limit = round(settings.database_statement_timeout_seconds * _MILLISECONDS)
    store = SQLAlchemyJobStore(
        url=settings.database_address.set(drivername="postgresql+psycopg"),
        tablename=SCHEDULED_JOBS.name,
        metadata=MetaData(),  # its own: it defines the table a second time
        engine_options={
            "connect_args": {
                "connect_timeout": round(settings.database_connect_timeout_seconds),
                "options": f"-c statement_timeout={limit}",
                "sslmode": settings.database_ssl_mode,
            },
            "hide_parameters": True,
            "pool_pre_ping": True,
        },
    )
    return AsyncIOScheduler(
        jobstores={"default": store},
        job_defaults={
            "coalesce": True,
            "max_instances": 1,
            "misfire_grace_time": _GRACE_SECONDS,
        },
        timezone="UTC",
    )
