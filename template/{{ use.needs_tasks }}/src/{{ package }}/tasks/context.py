"""What a task's function knows and may do besides its work."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from ..resilience.files import sha256_of_file
from .leases import Lease
from .lifecycle import TaskLifecycle
from .results import as_json

if TYPE_CHECKING:
    from ..bootstrap import Container


@dataclass(slots=True)
class TaskContext:
    """One try of one task.

    Attributes:
        container: The parts of the service.
        lease: The task's id, and which try this is.
        finished: Whether the function has ended the task itself.
    """

    container: "Container"
    lease: Lease
    lifecycle: TaskLifecycle = field(repr=False)
    finished: bool = False

    @property
    def idempotency_key(self) -> str:
        """The same at every try: pass it on to services that know such keys."""
        return str(self.lease.task_id)

    async def progress(self, percent: int, note: str | None = None) -> None:
        """Say how far the work is, for those who ask.

        Args:
            percent: From 0 to 100.
            note: What is being done, for people.

        Raises:
            LeaseLostError: If another worker has the task; stop.
        """
        await self.lifecycle.progress(self.lease, percent, note)

    async def record(self, result: BaseModel) -> None:
        """Store the result early: if the worker dies from here on, it counts.

        Raises:
            LeaseLostError: If another worker has the task; stop.
        """
        await self.lifecycle.record(self.lease, as_json(result))

    async def record_file(self, path: Path, result: BaseModel | None = None) -> None:
        """Store that a file is the result, with its size and checksum.

        Raises:
            LeaseLostError: If another worker has the task; stop.
            OSError: If the file cannot be read.
        """
        size = await asyncio.to_thread(lambda: path.stat().st_size)
        checksum = await asyncio.to_thread(sha256_of_file, path)
        file = {
            "result_path": str(path),
            "result_bytes": size,
            "checksum": checksum,
        }
        await self.lifecycle.record(self.lease, as_json(result), file)

    async def finish(
        self, session: AsyncSession, result: BaseModel | None = None
    ) -> None:
        """End the task in the transaction of its effects: both happen, or neither.

        It is the last statement of that transaction.

        Raises:
            LeaseLostError: If another worker has the task; let it roll back.
        """
        await self.lifecycle.complete_in(session, self.lease, as_json(result))
        self.finished = True
