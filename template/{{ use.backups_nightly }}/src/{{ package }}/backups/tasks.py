"""Backups as tasks, for the schedule."""

from typing import Final

from pydantic import BaseModel

from ..tasks.context import TaskContext
from ..tasks.registry import task
from .drill import DrillRecord, drill
from .dump import make_backup
from .offsite import copy_offsite
from .results import BackupResult, OffsiteResult, PruneResult
from .retention import prune
from .workshop import Workshop

# Beyond this BACKUP_TIMEOUT_SECONDS has ended the work itself.
_LONGEST_SECONDS: Final = 6 * 3600


class NoInput(BaseModel):
    """Nothing has to be said: everything is a setting."""


@task("backups.run", NoInput, timeout=_LONGEST_SECONDS)
async def run_backup(context: TaskContext, payload: NoInput) -> BackupResult:
    """Make a backup if one is due; the schedule asks every hour."""
    del payload
    manifest = await make_backup(_shop(context), only_if_due=True)
    return BackupResult(backup=manifest.name if manifest else None)


@task("backups.prune", NoInput, timeout=_LONGEST_SECONDS)
async def prune_backups(context: TaskContext, payload: NoInput) -> PruneResult:
    """Apply the retention."""
    del payload
    done = await prune(_shop(context))
    return PruneResult(
        removed=len(done.removed), frozen=len(done.frozen), swept=len(done.swept)
    )


@task("backups.offsite", NoInput, timeout=_LONGEST_SECONDS)
async def copy_backups(context: TaskContext, payload: NoInput) -> OffsiteResult:
    """Copy the backups to the offline disk."""
    del payload
    return OffsiteResult(copied=await copy_offsite(_shop(context)))


@task("backups.drill", NoInput, timeout=_LONGEST_SECONDS, retries=0)
async def drill_restore(context: TaskContext, payload: NoInput) -> DrillRecord | None:
    """Prove that the newest backup restores."""
    del payload
    return await drill(_shop(context))


def _shop(context: TaskContext) -> Workshop:
    return Workshop.open(context.container.settings)
