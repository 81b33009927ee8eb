"""A task that comes back at set times."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Select, and_, or_, select

from ..core.logging import get_logger
from ..tasks.models import WAITING, Task, TaskStatus
from ..tasks.registry import TaskDefinition
from ..tasks.repository import now

if TYPE_CHECKING:
    from ..bootstrap import Container

_FIELDS: Final = 5

_logger = get_logger(__name__)


class Nothing(BaseModel):
    """The payload of a task that needs none."""


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One line of the schedule.

    Attributes:
        name: What the log and the job store call it; stable.
        cron: Minute, hour, day of month, month, day of week; in UTC. Days of the week
            by name (`mon-fri`): their numbers differ from one scheduler to the other.
        definition: What is queued then.
        payload: Its input.
    """

    name: str
    cron: str
    definition: TaskDefinition[Any]
    payload: BaseModel

    def __post_init__(self) -> None:
        """Refuse what schedulers would understand differently.

        Raises:
            ValueError: Not five fields, or a day of the week by number.
        """
        fields = self.cron.split()
        if len(fields) != _FIELDS or any(map(str.isdigit, fields[-1])):
            message = f"'{self.cron}': five fields, and days of the week by name"
            raise ValueError(message)


async def enqueue_scheduled(
    container: "Container", entry: Scheduled, due: datetime | None = None
) -> None:
    """Queue a scheduled task; however often a time is announced, it is queued once.

    While the last one of the same line waits or runs, there is no other: what takes
    longer than its pause would be done several times at once, and pile up.

    Args:
        container: The parts of the service.
        entry: The line of the schedule whose time has come.
        due: That time; the present minute unless given.
    """
    minute = (due or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
    async with container.database.unit_of_work() as uow:
        if await uow.session.scalar(_unfinished(entry)) is not None:
            _logger.info("schedule_still_busy", schedule=entry.name)
            return
        await container.tasks.enqueue(
            uow.session,
            entry.definition,
            entry.payload,
            idempotency_key=f"{entry.name}@{minute}",
        )


def _unfinished(entry: Scheduled) -> Select[UUID]:
    """Find a task of this line that waits, or that a worker is known to work on."""
    worked_on = and_(Task.status == TaskStatus.RUNNING, Task.lease_expires_at > now())
    return (
        select(Task.id)
        .where(
            Task.name == entry.definition.name,
            Task.idempotency_key.startswith(f"{entry.name}@", autoescape=True),
            or_(Task.status.in_(WAITING), worked_on),
        )
        .limit(1)
    )
