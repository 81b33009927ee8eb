"""Exports everything about a person, as a stream (KVKK art. 11, GDPR art. 15, 20).

JSON lines: the first one describes the export, the last one is its manifest with the
count of each section and the digest of all lines between them.
"""

import hashlib
import json
import os
from collections import Counter
from collections.abc import AsyncGenerator
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ..core.clock import utc_now
from ..core.settings import Settings
from ..db.database import Database
from . import ledger, persons, trail
from .keys import load_keys
from .registry import HOLDERS

FORMAT: Final = "privacy-export/1"


async def export_lines(session: AsyncSession, person_id: UUID) -> AsyncGenerator[str]:
    """Give the lines of an export, one at a time.

    Args:
        session: A transaction; it sees one state from the first line to the last.
        person_id: Who.

    Raises:
        NotFoundError: There is no such person.
    """
    subject = await persons.subject_of(session, person_id)
    at = utc_now().isoformat()
    yield _line({"format": FORMAT, "person": str(person_id), "exported_at": at})
    counts: Counter[str] = Counter()
    digest = hashlib.sha256()
    for holder in HOLDERS:
        async for record in holder.export(session, subject):
            counts[holder.section] += 1
            line = _line({"section": holder.section, "record": dict(record)})
            digest.update(line.encode())
            yield line
    yield _line({"manifest": dict(counts), "sha256": digest.hexdigest()})


class Exporter:
    """Exports persons from one database."""

    def __init__(self, settings: Settings, database: Database) -> None:
        """Take the places; the keys are read when they are needed."""
        self._settings = settings
        self._database = database

    async def lines(self, person_id: UUID) -> AsyncGenerator[str]:
        """Give the lines of an export, and record it in the trail.

        Raises:
            NotFoundError: There is no such person.
        """
        keys = load_keys(self._settings, self._settings.base_dir)
        async with self._database.unit_of_work(report=True) as uow:
            async for line in export_lines(uow.session, person_id):
                yield line
            who = ledger.pseudonym(keys, "person", person_id).hex()
            await trail.record(uow.session, keys, "exported", subject=who)

    async def write(self, person_id: UUID, file: Path) -> int:
        """Write an export that only this user may read, whole or not at all.

        Returns:
            How many lines it has.

        Raises:
            NotFoundError: There is no such person.
            OSError: The disk refuses.
        """
        partial = file.with_name(f"{file.name}.partial")
        count = 0
        try:
            handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                async for line in self.lines(person_id):
                    out.write(line)
                    count += 1
            partial.replace(file)
        finally:
            partial.unlink(missing_ok=True)
        return count


def _line(value: object) -> str:
    return json.dumps(value, default=_plain, ensure_ascii=False) + "\n"


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)
