"""The weekly copy to a disk that is not always connected, by rclone."""

import asyncio
import os
import shutil

from ..core.logging import get_logger
from .errors import BackupError
from .leftovers import PARTIAL
from .workshop import Workshop

_LONGEST_REPORT = 2_000
_logger = get_logger(__name__)


async def copy_offsite(shop: Workshop) -> bool:
    """Copy the local backups to `BACKUP_RCLONE_REMOTE`; they are encrypted already.

    Files that are there already are compared and left alone; nothing is ever deleted or
    replaced there.

    Returns:
        Whether anything was copied; not when backups are off or in a dry run.

    Raises:
        BackupError: rclone is missing, failed, or took too long.
    """
    settings = shop.settings
    if not settings.enable_backups:
        _logger.info("backup_disabled")
        return False
    remote = settings.backup_rclone_remote
    if not remote:
        message = "BACKUP_RCLONE_REMOTE is not set."
        raise BackupError(
            message, hint="Name a remote and folder, such as disk:backups."
        )
    rclone = shutil.which("rclone")
    if rclone is None:
        message = "rclone is not installed."
        raise BackupError(message, hint="Install it: https://rclone.org/install/")
    arguments = ["copy", "--immutable", "--checksum", "--exclude", f"*{PARTIAL}"]
    arguments += ["--exclude", "status.json", "--exclude", "drills.jsonl"]
    if settings.dry_run_mode:
        arguments.append("--dry-run")
    await _run(rclone, *arguments, str(shop.folder), remote, shop=shop)
    _logger.info("backups_copied", remote=remote, dry_run=settings.dry_run_mode)
    return not settings.dry_run_mode


async def _run(*command: str, shop: Workshop) -> None:
    limit = shop.settings.backup_timeout_seconds
    process = await asyncio.create_subprocess_exec(
        *command,
        env={name: value for name, value in os.environ.items() if _may_see(name)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(limit):
            _, said = await process.communicate()
    except TimeoutError as error:
        message = f"rclone was not done after {limit:.0f} seconds."
        raise BackupError(message, hint="Raise BACKUP_TIMEOUT_SECONDS.") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        words = said.decode(errors="replace").strip()[-_LONGEST_REPORT:]
        message = f"rclone failed ({process.returncode}): {words}"
        raise BackupError(message)


def _may_see(name: str) -> bool:
    """Let rclone have its own variables and the usual ones, none of our secrets."""
    usual = {"HOME", "PATH", "USER", "XDG_CONFIG_HOME"}
    return name in usual or name.startswith(("RCLONE_", "AWS_", "SSL_"))
