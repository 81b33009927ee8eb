"""Makes a backup: one moment of the database, encrypted before it touches a disk."""

import asyncio
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ..core.logging import get_logger
from ..resilience.disk import require_disk_space
from ..resilience.files import atomic_write
from .contents import table_digests
from .databases import connected, database_name, lock_backups
from .errors import BackupError, BackupNotFoundError, BackupRunningError
from .leftovers import PARTIAL, clear_dumps
from .manifest import Manifest, backup_name, sign
from .sealing import Fingerprint, seal
from .shelves import DUMP, MANIFEST
from .status import read_status, write_status
from .tools import PgTools, tools_for
from .workshop import Workshop

_ARGUMENTS: Final = ("--format=custom", "--no-owner", "--no-privileges")
_FIRST_DUE: Final = datetime(1970, 1, 1, 1, tzinfo=UTC)
_logger = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Moment:
    """One moment of the database that several connections see."""

    connection: AsyncConnection
    at: datetime
    snapshot: str
    server_version: int
    size_bytes: int


async def make_backup(shop: Workshop, *, only_if_due: bool = False) -> Manifest | None:
    """Dump the database, encrypt it, store it here and in the object store.

    Returns:
        The new backup's manifest; nothing when backups are switched off, the last one
        is recent enough, or this is a dry run: the log says which.

    Raises:
        BackupRunningError: Another process makes one at this moment.
        BackupError: It failed; nothing half-made is left.
        InsufficientDiskSpaceError: The disk could become too full.
    """
    if not shop.settings.enable_backups:
        _logger.info("backup_disabled")
        return None
    if only_if_due and not await is_due(shop):
        _logger.info("backup_not_due")
        return None
    try:
        async with asyncio.timeout(shop.settings.backup_timeout_seconds):
            return await _make(shop)
    except TimeoutError as error:
        limit = shop.settings.backup_timeout_seconds
        message = f"The backup was not done after {limit:.0f} seconds."
        raise BackupError(message, hint="Raise BACKUP_TIMEOUT_SECONDS.") from error


async def is_due(shop: Workshop) -> bool:
    """Tell whether no backup was made since the last moment at which one was due.

    One that cannot be read does not count: it must not keep the next from being made.
    """
    try:
        shelf, name = await shop.newest()
        newest = await shelf.manifest(name, shop.keys)
    except BackupNotFoundError:
        return True
    except BackupError as error:
        _logger.warning("backup_newest_unusable", reason=error.detail)
        return True
    due = last_due(shop.clock(), shop.settings.backup_interval_hours)
    return newest.created_at < due


def last_due(now: datetime, interval_hours: int) -> datetime:
    """Return when a backup was due last: at 01:00 UTC, and every interval from there.

    The moments do not move with the time that a backup takes or is late.
    """
    interval = timedelta(hours=interval_hours)
    return now - (now - _FIRST_DUE) % interval


async def _make(shop: Workshop) -> Manifest | None:
    async with connected(shop.settings) as connection:
        if not await lock_backups(connection):
            message = "Another process makes a backup at this moment."
            raise BackupRunningError(message)
        clear_dumps(shop.folder, database_name(shop.settings))
        moment = await _hold(connection, shop.clock())
        require_disk_space(shop.folder, shop.settings, needed_bytes=moment.size_bytes)
        if shop.settings.dry_run_mode:
            _logger.info("dry_run_backup", database_bytes=moment.size_bytes)
            return None
        manifest = await _dump(shop, moment)
    if shop.hot is not None:
        dump = shop.folder / f"{manifest.name}{DUMP}"
        await shop.hot.put(manifest.name, dump, sign(manifest, shop.keys.current))
    status = read_status(shop.settings)
    last = {"last_success": manifest.created_at}
    write_status(shop.settings, status.model_copy(update=last))
    _logger.info(
        "backup_made",
        backup=manifest.name,
        size_bytes=manifest.size_bytes,
        seconds=manifest.seconds,
        off_site=shop.hot is not None,
    )
    return manifest


async def _hold(connection: AsyncConnection, now: datetime) -> _Moment:
    """Fix the moment that the dump and the checksums both describe."""
    answer = await connection.execute(
        text(
            "SELECT pg_export_snapshot(), current_setting('server_version_num')::int,"
            " pg_database_size(current_database())"
        )
    )
    snapshot, version, size = answer.one()
    return _Moment(connection, now, snapshot, version, size)


async def _dump(shop: Workshop, moment: _Moment) -> Manifest:
    tools = await tools_for(shop.settings, moment.server_version)
    name = backup_name(database_name(shop.settings), moment.at)
    partial = shop.folder / f"{name}{DUMP}{PARTIAL}"
    try:
        plain, sealed = await _stream(shop, tools, moment.snapshot, partial)
        manifest = Manifest(
            name=name,
            database=database_name(shop.settings),
            created_at=moment.at,
            seconds=round((shop.clock() - moment.at).total_seconds(), 3),
            server_version=moment.server_version,
            tool=f"pg_dump {tools.version}",
            key_id=shop.keys.current.id,
            size_bytes=sealed.size_bytes,
            sha256=sealed.sha256,
            plain_size_bytes=plain.size_bytes,
            plain_sha256=plain.sha256,
            tables=await table_digests(moment.connection),
        )
        _keep(shop, partial, manifest)
    except OSError as error:
        message = f"The dump could not be written: {error.strerror}."
        raise BackupError(message) from error
    finally:
        partial.unlink(missing_ok=True)
    return manifest


async def _stream(
    shop: Workshop, tools: PgTools, snapshot: str, target: Path
) -> tuple[Fingerprint, Fingerprint]:
    """Encrypt the dump on its way to the disk; returns both sides' fingerprints."""

    def encrypt(source: BinaryIO) -> tuple[Fingerprint, Fingerprint]:
        with target.open("xb") as file:
            fingerprints = seal(source, file, shop.keys)
            file.flush()
            os.fsync(file.fileno())
        return fingerprints

    arguments = (*_ARGUMENTS, f"--snapshot={snapshot}")
    return await tools.read_from("pg_dump", *arguments, work=encrypt)


def _keep(shop: Workshop, partial: Path, manifest: Manifest) -> None:
    """Give the dump its name, then write the manifest that makes it a backup."""
    dump = shop.folder / f"{manifest.name}{DUMP}"
    partial.rename(dump)
    try:
        atomic_write(
            shop.folder / f"{manifest.name}{MANIFEST}",
            sign(manifest, shop.keys.current),
            shop.settings,
        )
    except BaseException:
        dump.unlink()
        raise
