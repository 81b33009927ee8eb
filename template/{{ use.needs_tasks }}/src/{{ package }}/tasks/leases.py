"""The right of one worker to one try of one task."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from uuid import UUID

if TYPE_CHECKING:
    from .models import Task


@dataclass(frozen=True, slots=True)
class Lease:
    """Tells this try from every other one, so that a late worker changes nothing.

    Attributes:
        task_id: The task.
        owner: The worker.
        attempt: Which try it is, from 1.
    """

    task_id: UUID
    owner: str
    attempt: int

    @classmethod
    def of(cls, task: "Task") -> Self:
        """Return the lease on a task that has just been claimed."""
        return cls(task.id, task.lease_owner or "", task.attempts)
