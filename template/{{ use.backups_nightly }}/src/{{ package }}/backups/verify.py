"""Proves that a stored backup is whole and readable, without a database."""

import asyncio
import os
from functools import partial
from pathlib import Path

from ..core.logging import get_logger
from ..resilience.files import sha256_of_file
from .errors import BackupDamagedError
from .manifest import Manifest
from .restore import decrypt
from .shelves import Shelf
from .tools import tools_for
from .workshop import Workshop

_logger = get_logger(__name__)


async def verify_backup(shop: Workshop, shelf: Shelf, name: str) -> Manifest:
    """Check signature, size and checksums, decrypt it all, read its contents' list.

    Raises:
        BackupDamagedError: It is not what was written, or a part is missing.
        BackupKeyError: The key that it names is not there.
        BackupError: pg_restore cannot read it.
    """
    async with shop.fetched(shelf, name) as (dump, manifest):
        await check_file(dump, manifest)
        tools = await tools_for(shop.settings, manifest.server_version)
        arguments = ("--list", "--file", os.devnull)
        work = partial(decrypt, shop, dump, manifest)
        await tools.write_to("pg_restore", *arguments, work=work)
    _logger.info("backup_verified", backup=name, place=shelf.place)
    return manifest


async def check_file(dump: Path, manifest: Manifest) -> None:
    """Compare an encrypted file with its manifest.

    Raises:
        BackupDamagedError: It is missing, shorter, longer or changed.
    """
    try:
        size, checksum = await asyncio.to_thread(_measured, dump)
    except FileNotFoundError as error:
        message = f"The dump of {manifest.name} is missing."
        raise BackupDamagedError(message) from error
    if size != manifest.size_bytes:
        message = f"{manifest.name} has {size} bytes instead of {manifest.size_bytes}."
        raise BackupDamagedError(message)
    if checksum != manifest.sha256:
        message = f"{manifest.name} has another checksum than when it was made."
        raise BackupDamagedError(message)


def _measured(dump: Path) -> tuple[int, str]:
    return dump.stat().st_size, sha256_of_file(dump)
