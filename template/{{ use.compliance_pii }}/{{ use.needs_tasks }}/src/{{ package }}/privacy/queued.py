"""What the tasks hold about a person: inputs, results, messages, files."""

import asyncio
import re
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Final

from sqlalchemy import ColumnElement, Text, any_, cast, false, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from ..tasks.models import Task
from .holders import Record, Rows, Subject
from .own import table_of

_SHORTEST: Final = 4
# A name inside another word is not that name: "Mark" is not in "benchmark".
_WHOLE: Final = "(?<![[:alnum:]]){}(?![[:alnum:]])"
_TEXTS: Final = (
    cast(Task.payload, Text),
    cast(Task.result, Text),
    Task.error_message,
    Task.progress_note,
    Task.result_path,
)


def _about(subject: Subject) -> ColumnElement[bool]:
    """Find tasks that mention the person, their documents or their account."""
    words = [str(one) for ids in subject.identities.values() for one in ids]
    words += [needle for needle in subject.needles if len(needle) >= _SHORTEST]
    if not words:
        return false()
    patterns = literal([_WHOLE.format(re.escape(word)) for word in words], ARRAY(Text))
    return or_(*(text.op("~*")(any_(patterns)) for text in _TEXTS))


class QueuedWork:
    """Rows of the tasks table, and the files that tasks have written."""

    def __init__(self) -> None:
        """Work on the tasks of this service."""
        self._rows = Rows("tasks", table_of(Task), _about)

    @property
    def section(self) -> str:
        """Name of its part of an export."""
        return self._rows.section

    def export(self, session: AsyncSession, subject: Subject) -> AsyncGenerator[Record]:
        """Give the tasks with their inputs and results."""
        return self._rows.export(session, subject)

    async def erase(self, session: AsyncSession, subject: Subject) -> int:
        """Delete the files, then the tasks; one that is running loses its lease."""
        paths = await session.scalars(
            select(Task.result_path).where(
                _about(subject), Task.result_path.is_not(None)
            )
        )
        for path in paths:
            await asyncio.to_thread(Path(str(path)).unlink, missing_ok=True)
        return await self._rows.erase(session, subject)
