"""Brings a backup back: into a new database, which then takes the old one's place.

Nothing is overwritten. The restored database is compared with the manifest first; the
old one stays under another name until somebody drops it.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from ..core.logging import get_logger
from ..core.settings import Settings
from ..db.rights import grant_rights
from . import databases
from .contents import differences, holds_data, table_digests
from .errors import BackupDamagedError, BackupError, DatabaseNotEmptyError
from .extensions import installed, left_out
from .leftovers import clear_databases
from .manifest import Manifest
from .sealing import Fingerprint, unseal
from .tools import PgTools, tools_for
from .workshop import Workshop

_logger = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did.

    Attributes:
        backup: The backup that was restored.
        database: The database that has its contents now.
        previous: Where the former contents are; nothing if there were none.
    """

    backup: str
    database: str
    previous: str | None


async def restore_database(
    shop: Workshop, name: str | None, *, force: bool = False
) -> Restored | None:
    """Put a backup in the place of the service's database.

    Args:
        shop: The places and keys.
        name: The backup; the newest if not given.
        force: Whether a database that holds data may be set aside.

    Returns:
        What was done; nothing in a dry run.

    Raises:
        DatabaseNotEmptyError: The database holds data and `force` was not given.
        BackupDamagedError: The backup is not what was written.
        BackupError: It could not be restored; the database is as it was.
    """
    shop = shop.as_owner()
    settings = shop.settings
    target = databases.database_name(settings)
    has_data = await _has_data(settings, target)
    if has_data and not force:
        message = f"The database {target} holds data."
        hint = "With --force it is set aside under another name and kept."
        raise DatabaseNotEmptyError(message, hint=hint)
    if settings.dry_run_mode:
        _logger.info("dry_run_restore", backup=name, database=target)
        return None
    await clear_databases(settings, shop.clock())
    stamp = databases.stamp(shop.clock())
    fresh = databases.beside(target, "restore", stamp)
    async with _time_limit(settings), dropped_on_failure(settings, fresh):
        shelf, name = (await shop.find(name), name) if name else await shop.newest()
        async with shop.fetched(shelf, name) as (dump, manifest):
            await restore_into(shop, dump, manifest, fresh)
        await _open_to_all_roles(shop, fresh)
        aside = databases.beside(target, "before", stamp)
        await _take_place(settings, fresh=fresh, target=target, aside=aside)
    # It held nothing at the start, but somebody may have written to it meanwhile.
    kept = has_data or await _has_data(settings, aside)
    if not kept:
        await databases.drop_database(settings, aside)
    _logger.info("backup_restored", backup=name, database=target)
    return Restored(name, target, aside if kept else None)


async def restore_copy(
    shop: Workshop, name: str | None, database: str
) -> Restored | None:
    """Put a backup into a new database; the service's own is not touched.

    Args:
        shop: The places and keys.
        name: The backup; the newest if not given.
        database: What the new database is called.

    Returns:
        What was done; nothing in a dry run.

    Raises:
        DatabaseNotEmptyError: There is a database of that name.
        BackupDamagedError: The backup is not what was written.
        BackupError: It could not be restored.
    """
    shop = shop.as_owner()
    settings = shop.settings
    async with databases.maintenance(settings) as connection:
        if await databases.exists(connection, database):
            message = f"There is a database {database} already."
            hint = "Give a name that none has."
            raise DatabaseNotEmptyError(message, hint=hint)
    if settings.dry_run_mode:
        _logger.info("dry_run_restore", backup=name, database=database)
        return None
    async with _time_limit(settings), dropped_on_failure(settings, database):
        shelf, name = (await shop.find(name), name) if name else await shop.newest()
        async with shop.fetched(shelf, name) as (dump, manifest):
            await restore_into(shop, dump, manifest, database)
    _logger.info("backup_restored", backup=name, database=database)
    return Restored(name, database, None)


async def restore_into(
    shop: Workshop, dump: Path, manifest: Manifest, database: str
) -> None:
    """Make a database, fill it from a dump, and compare it with the manifest.

    Raises:
        BackupDamagedError: The dump is not what was written, or holds something else
            than the manifest says.
        BackupError: PostgreSQL refused it.
    """
    settings = shop.settings
    tools = await tools_for(settings, manifest.server_version)
    async with databases.maintenance(settings) as connection:
        template = databases.template_of(databases.database_name(settings))
        await databases.create(connection, database, template=template)
    await load(shop, tools.at(database), dump, manifest)
    async with databases.connected(settings, database=database) as connection:
        found = await table_digests(connection)
    if texts := differences(manifest.tables, found):
        message = f"{manifest.name} restores to something else: {'; '.join(texts)}."
        raise BackupDamagedError(message)


async def load(shop: Workshop, tools: PgTools, dump: Path, manifest: Manifest) -> None:
    """Decrypt a dump into the database that the tools lead to."""
    arguments = ("--no-owner", "--no-privileges", "--exit-on-error", "--dbname")
    database = tools.environment["PGDATABASE"]
    async with databases.connected(shop.settings, database=database) as connection:
        there = await installed(connection)
    work = partial(decrypt, shop, dump, manifest)
    async with left_out(shop, tools, dump, there) as less:
        await tools.write_to("pg_restore", *less, *arguments, database, work=work)


def decrypt(shop: Workshop, dump: Path, manifest: Manifest, target: BinaryIO) -> None:
    """Decrypt a dump into a stream and check that it is the manifest's.

    Raises:
        BackupDamagedError: It is not.
    """
    with dump.open("rb") as file:
        found = unseal(file, target, shop.keys)
    if found != Fingerprint(manifest.plain_size_bytes, manifest.plain_sha256):
        message = f"The dump of {manifest.name} is not the one that was made."
        raise BackupDamagedError(message)


@asynccontextmanager
async def dropped_on_failure(settings: Settings, database: str) -> AsyncGenerator[None]:
    """Drop a database when the enclosed code fails, however it fails."""
    try:
        yield
    except BaseException:
        await asyncio.shield(databases.drop_database(settings, database))
        raise


@asynccontextmanager
async def _time_limit(settings: Settings) -> AsyncGenerator[None]:
    try:
        async with asyncio.timeout(settings.backup_timeout_seconds):
            yield
    except TimeoutError as error:
        limit = settings.backup_timeout_seconds
        message = f"The restore was not done after {limit:.0f} seconds."
        raise BackupError(message, hint="Raise BACKUP_TIMEOUT_SECONDS.") from error


async def _has_data(settings: Settings, target: str) -> bool:
    async with databases.maintenance(settings) as connection:
        if not await databases.exists(connection, target):
            return False
    async with databases.connected(settings, database=target) as connection:
        return await holds_data(connection)


async def _open_to_all_roles(shop: Workshop, database: str) -> None:
    """Give the roles the rights that no dump brings along."""
    async with databases.connected(shop.settings, database=database) as connection:
        await connection.run_sync(grant_rights, shop.given)
        await connection.commit()


async def _take_place(
    settings: Settings, *, fresh: str, target: str, aside: str
) -> None:
    async with databases.maintenance(settings) as connection:
        if not await databases.exists(connection, target):
            await databases.create(connection, target)
    await databases.swap(settings, new=fresh, old=target, aside=aside)
