"""Removes what killed backups, restores and drills have left."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from ..core.clock import utc_now
from ..core.logging import get_logger
from ..core.settings import Settings
from . import databases
from .manifest import is_of
from .shelves import DUMP
from .status import backups_folder

PARTIAL: Final = ".partial"
# Longer than anything here may take.
ABANDONED_AFTER: Final = timedelta(days=1)
_logger = get_logger(__name__)


class _Parts(Protocol):
    @property
    def settings(self) -> Settings: ...


async def clear_leftovers(parts: _Parts) -> None:
    """At the start of a process, clear the folder of the backups."""
    settings = parts.settings
    if not settings.dry_run_mode:
        await asyncio.to_thread(clear_old_files, backups_folder(settings), utc_now())


def clear_old_files(folder: Path, now: datetime) -> list[str]:
    """Remove unfinished files of a day ago; returns their names."""
    oldest_kept = (now - ABANDONED_AFTER).timestamp()
    old = (
        file
        for file in folder.glob(f"*{PARTIAL}")
        if file.stat().st_mtime < oldest_kept
    )
    return _removed(list(old))


def clear_dumps(folder: Path, database: str) -> list[str]:
    """Remove a database's unfinished dumps, of any age; returns their names.

    Only for who holds the lock of the backups: nobody else writes one then.
    """
    ending = f"{DUMP}{PARTIAL}"
    files = folder.glob(f"*{ending}")
    return _removed([f for f in files if is_of(f.name.removesuffix(ending), database)])


async def clear_databases(settings: Settings, now: datetime) -> list[str]:
    """Drop databases of a day ago that a restore or a drill did not finish."""
    database = databases.database_name(settings)
    before = databases.stamp(now - ABANDONED_AFTER)
    async with databases.maintenance(settings) as connection:
        found = await databases.unfinished(connection, database, before=before)
        if not settings.dry_run_mode:
            for name in found:
                await databases.drop(connection, name)
    return list(found)


def _removed(files: list[Path]) -> list[str]:
    for file in files:
        file.unlink(missing_ok=True)
    if files:
        _logger.warning("backup_leftovers_removed", files=[f.name for f in files])
    return [file.name for file in files]
