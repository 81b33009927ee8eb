"""How long backups stay: here, hot, cold; the last good one always."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..core.logging import get_logger
from .errors import BackupDamagedError, BackupKeyError
from .leftovers import ABANDONED_AFTER, PARTIAL, clear_databases
from .manifest import moment_of
from .shelves import Shelf
from .workshop import Workshop

_logger = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pruned:
    """What a prune did, as `place/name`.

    Attributes:
        removed: Backups past their time.
        frozen: Backups that moved from hot to cold.
        swept: Unfinished files and databases, left by a failure.
    """

    removed: list[str] = field(default_factory=list[str])
    frozen: list[str] = field(default_factory=list[str])
    swept: list[str] = field(default_factory=list[str])


async def prune(shop: Workshop) -> Pruned:
    """Apply the retention to every place.

    The newest backup of each place whose manifest is in order is never touched, however
    old: a service that stopped backing up must not lose its last one to the calendar.
    A place where none is in order, as under a wrong key, keeps them all.

    Returns:
        What was done, or would be done in a dry run.
    """
    done = Pruned()
    settings = shop.settings
    if not settings.enable_backups:
        _logger.info("backup_disabled")
        return done
    now = shop.clock()
    await _expire(shop, shop.local, now, settings.backup_retention_days, done)
    if shop.hot is not None and shop.cold is not None:
        await _expire(shop, shop.cold, now, settings.backup_cold_days, done)
        await _freeze(shop, shop.hot, shop.cold, now, done)
    for shelf in shop.shelves:
        await _sweep(shop, shelf, now, done)
    dropped = await clear_databases(settings, now)
    done.swept.extend(f"database/{name}" for name in dropped)
    _logger.info(
        "backups_pruned",
        removed=len(done.removed),
        frozen=len(done.frozen),
        swept=len(done.swept),
        dry_run=settings.dry_run_mode,
    )
    return done


async def _expire(
    shop: Workshop, shelf: Shelf, now: datetime, days: int, done: Pruned
) -> None:
    for name in await _past(shop, shelf, now, days):
        done.removed.append(f"{shelf.place}/{name}")
        if not shop.settings.dry_run_mode:
            await shelf.remove(name)


async def _freeze(
    shop: Workshop, hot: Shelf, cold: Shelf, now: datetime, done: Pruned
) -> None:
    storage_class = shop.settings.backup_s3_cold_storage_class
    whole = await hot.names()
    for name in await _past(shop, hot, now, shop.settings.backup_hot_days):
        if name not in whole:
            done.removed.append(f"{hot.place}/{name}")
            if not shop.settings.dry_run_mode:
                await hot.remove(name)
            continue
        done.frozen.append(f"{hot.place}/{name}")
        if not shop.settings.dry_run_mode:
            await hot.move_to(cold, name, storage_class=storage_class)


async def _past(
    shop: Workshop, shelf: Shelf, now: datetime, days: int
) -> tuple[str, ...]:
    """Return the backups of a place that are older than so many days.

    None is while none is in order: another key may open them.
    """
    keep = await last_good(shop, shelf, await shelf.names())
    if keep is None:
        return ()
    limit = f"{now - timedelta(days=days):%Y%m%d_%H%M%S}"
    names = tuple(await shelf.parts())
    return tuple(n for n in names if n != keep and moment_of(n) < limit)


async def last_good(shop: Workshop, shelf: Shelf, names: Sequence[str]) -> str | None:
    """Return the newest backup whose manifest is in order, or nothing."""
    for name in reversed(names):
        try:
            await shelf.manifest(name, shop.keys)
        except (BackupDamagedError, BackupKeyError) as error:
            _logger.error(  # noqa: TRY400 - the reason is known, a trace adds nothing
                "backup_unusable", backup=name, place=shelf.place, reason=error.detail
            )
        else:
            return name
    return None


async def _sweep(shop: Workshop, shelf: Shelf, now: datetime, done: Pruned) -> None:
    """Remove what a killed process left: unfinished files of a day ago.

    A dump without a manifest is none of them: it ages as a backup does, since it may
    still open by hand.
    """
    for file in await shelf.files():
        unfinished = file.suffix.endswith(PARTIAL)
        if not unfinished or now - file.written_at < ABANDONED_AFTER:
            continue
        done.swept.append(f"{shelf.place}/{file.name}{file.suffix}")
        if not shop.settings.dry_run_mode:
            await shelf.remove(file.name, file.suffix)
