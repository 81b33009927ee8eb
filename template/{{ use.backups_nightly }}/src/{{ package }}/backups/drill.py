"""The restore drill: the proof that a backup is worth its name.

It fetches the newest backup, from the object store if there is one, restores it beside
the service's database, compares every table, measures, writes down what it found, and
leaves nothing behind.
"""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncGenerator
from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict

from ..core.errors import AppError
from ..core.logging import get_logger
from ..core.settings import Settings
from . import databases
from .errors import DrillFailedError
from .restore import restore_into
from .shelves import Shelf
from .status import backups_folder, read_status, write_status
from .verify import check_file
from .workshop import Workshop

_FILE: Final = "drills.jsonl"
_PURPOSE: Final = "drill"
_HOUR_SECONDS: Final = 3600
_logger = get_logger(__name__)


class DrillRecord(BaseModel):
    """One line of the drill log."""

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    backup: str | None = None
    place: str | None = None
    passed: bool = False
    rpo_seconds: float | None = None
    """Age of the backup: what would be lost if the database were lost now."""
    rto_seconds: float = 0
    """From the order to the compared database."""
    tables: int = 0
    rows: int = 0
    problem: str | None = None


async def drill(shop: Workshop) -> DrillRecord | None:
    """Restore the newest backup into a scratch database and compare it.

    Returns:
        What was found; nothing when backups are switched off or in a dry run.

    Raises:
        DrillFailedError: It did not restore, holds something else, or one of the
            limits (24 h and 2 h by default) is exceeded. The log has the record.
    """
    settings = shop.settings
    if not settings.enable_backups or settings.dry_run_mode:
        _logger.info("drill_skipped", dry_run=settings.dry_run_mode)
        return None
    record = _judged(settings, await _attempt(shop))
    _write_down(settings, record)
    if not record.passed:
        message = f"The restore drill failed: {record.problem}"
        _logger.error("restore_drill_failed", **record.model_dump(mode="json"))
        raise DrillFailedError(message, hint="docs/runbooks/restore-drill-failed.md")
    _logger.info("restore_drill_passed", **record.model_dump(mode="json"))
    return record


def read_drills(settings: Settings) -> tuple[DrillRecord, ...]:
    """Return the drill log, oldest first."""
    try:
        lines = (backups_folder(settings) / _FILE).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return ()
    return tuple(DrillRecord.model_validate_json(line) for line in lines if line)


async def _attempt(shop: Workshop) -> DrillRecord:
    """Do it, and describe what happened; only being stopped ends without a record."""
    limit_seconds = shop.settings.backup_timeout_seconds
    started = time.monotonic()
    record = DrillRecord(at=shop.clock())
    try:
        async with asyncio.timeout(limit_seconds):
            shelf, name = await shop.newest()
            record = record.model_copy(update={"backup": name, "place": shelf.place})
            record = await _restore(shop, shelf, record)
    except TimeoutError:
        record = record.model_copy(
            update={"problem": f"not done after {limit_seconds:.0f} seconds"}
        )
    except (AppError, OSError) as error:
        record = record.model_copy(update={"problem": str(error)})
    elapsed = round(time.monotonic() - started, 3)
    return record.model_copy(update={"rto_seconds": elapsed})


async def _restore(shop: Workshop, shelf: Shelf, record: DrillRecord) -> DrillRecord:
    name = record.backup or ""
    async with (
        _scratch(shop.settings, databases.stamp(record.at)) as database,
        shop.fetched(shelf, name) as (dump, manifest),
    ):
        await check_file(dump, manifest)
        await restore_into(shop, dump, manifest, database)
    return record.model_copy(
        update={
            "rpo_seconds": (record.at - manifest.created_at).total_seconds(),
            "tables": len(manifest.tables),
            "rows": sum(table.rows for table in manifest.tables.values()),
        }
    )


def _judged(settings: Settings, record: DrillRecord) -> DrillRecord:
    """Compare what was measured with the limits."""
    rpo_limit, rto_limit = settings.drill_rpo_hours, settings.drill_rto_hours
    problem = record.problem
    if problem is None and (record.rpo_seconds or 0) > rpo_limit * _HOUR_SECONDS:
        problem = f"the newest backup is older than {rpo_limit:g} hours"
    if problem is None and record.rto_seconds > rto_limit * _HOUR_SECONDS:
        problem = f"the restore took longer than {rto_limit:g} hours"
    return record.model_copy(update={"problem": problem, "passed": problem is None})


def _write_down(settings: Settings, record: DrillRecord) -> None:
    """Append to the log, flush it to the disk, and set the metrics."""
    folder = backups_folder(settings)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / _FILE).open("a", encoding="utf-8") as file:
        file.write(f"{record.model_dump_json()}\n")
        file.flush()
        os.fsync(file.fileno())
    changes = {
        "last_drill": record.at,
        "last_drill_ok": record.passed,
        "last_drill_rto_seconds": record.rto_seconds,
    }
    write_status(settings, read_status(settings).model_copy(update=changes))


@contextlib.asynccontextmanager
async def _scratch(settings: Settings, stamp: str) -> AsyncGenerator[str]:
    """Name a scratch database and drop it afterwards."""
    name = databases.beside(databases.database_name(settings), _PURPOSE, stamp)
    try:
        yield name
    finally:
        await asyncio.shield(databases.drop_database(settings, name))
