"""A task that comes back at set times (S2 §20.1)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

from ..tasks.registry import TaskDefinition

if TYPE_CHECKING:
    from ..bootstrap import Container

_FIELDS: Final = 5


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

    Args:
        container: The parts of the service.
        entry: The line of the schedule whose time has come.
        due: That time; the present minute unless given.
    """
    minute = (due or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
    async with container.database.unit_of_work() as uow:
        await container.tasks.enqueue(
            uow.session,
            entry.definition,
            entry.payload,
            idempotency_key=f"{entry.name}@{minute}",
        )
