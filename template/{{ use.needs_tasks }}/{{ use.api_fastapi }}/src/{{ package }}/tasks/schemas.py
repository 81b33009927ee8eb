"""What the API shows of a task."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from .models import TaskStatus


class TaskRead(BaseModel):
    """A task as the one who started it sees it.

    Attributes:
        id: UUIDv7.
        name: What kind of work it is.
        status: Where it stands; succeeded, dead and cancelled are final.
        progress: Percent done.
        progress_note: What it is doing.
        attempts: Tries begun.
        error_category: What the last failure meant.
        result: Its output once it has succeeded.
        created_at: When it was made, UTC.
        finished_at: When it ended for good, UTC.
    """

    model_config = ConfigDict(
        from_attributes=True,
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "01990d6e-7f1c-7c11-8a5e-0f5f0a4ad1ce",
                    "name": "documents.process",
                    "status": "running",
                    "progress": 50,
                    "progress_note": None,
                    "attempts": 1,
                    "error_category": None,
                    "result": None,
                    "created_at": "2026-01-05T09:00:00Z",
                    "finished_at": None,
                }
            ]
        },
    )

    id: UUID
    name: str
    status: TaskStatus
    progress: int = Field(ge=0, le=100)
    progress_note: str | None
    attempts: int
    error_category: str | None
    result: dict[str, Any] | None
    created_at: datetime
    finished_at: datetime | None
