"""Files that are whole or absent, whatever happens in between."""

import contextlib
import errno
import hashlib
import hmac
import os
import shutil
import time
import uuid
from pathlib import Path
from typing import Final

from ..core.logging import get_logger
from .config import ResilienceSettings
from .disk import require_disk_space
from .errors import FileWriteError, OutputTooSmallError

TEMP_PREFIX: Final = ".tmp_"

_CHUNK_BYTES = 1024 * 1024
_cleared: set[Path] = set()
_logger = get_logger(__name__)


def atomic_write(
    path: Path,
    content: str | bytes,
    settings: ResilienceSettings,
    *,
    validate_size: bool = False,
) -> None:
    """Write a file so that readers see the old content or the new, never a part.

    The content goes to a uniquely named sibling, is flushed to the disk and
    renamed over the target; then the folder is flushed, so that the rename survives a
    power cut. A link is followed: what it points to is replaced. The first write of a
    process into a folder clears what crashed writes have left there. With
    `ENABLE_ATOMIC_WRITES=false` the target is written directly; in dry-run mode
    nothing is written.

    Args:
        path: The target; its folder must exist.
        content: Text (written as UTF-8) or bytes.
        settings: Switches, minimum disk space and minimum size.
        validate_size: Refuse content under `MIN_OUTPUT_BYTES`.

    Raises:
        OutputTooSmallError: If the content is too small to be whole.
        InsufficientDiskSpaceError: If the disk would get too full.
        FileWriteError: If the operating system refuses; the target is untouched and no
            temporary file is left.
    """
    data = content.encode() if isinstance(content, str) else content
    target = Path(os.path.realpath(path))
    if validate_size and len(data) < settings.min_output_bytes:
        message = f"{len(data)} bytes; at least {settings.min_output_bytes} expected"
        raise OutputTooSmallError(message)
    if settings.dry_run_mode:
        _logger.info("dry_run_write", path=str(target), size_bytes=len(data))
        return
    require_disk_space(target.parent, settings, needed_bytes=len(data))
    try:
        if settings.enable_atomic_writes:
            _clear_once(target.parent, settings)
            _replace(target, data)
        else:
            target.write_bytes(data)
    except OSError as error:
        message = f"{target.name} was not written: {error.strerror}"
        raise FileWriteError(message) from error


def _clear_once(folder: Path, settings: ResilienceSettings) -> None:
    if folder not in _cleared:
        _cleared.add(folder)
        clean_temp_files(folder, settings)


def _replace(target: Path, data: bytes) -> None:
    temporary = target.parent / f"{TEMP_PREFIX}{uuid.uuid4().hex}"
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            shutil.copymode(target, temporary)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _flush_folder(target.parent)


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows neither opens nor needs to flush a folder
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        # Some network file systems cannot flush a folder; the file itself is flushed.
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
    finally:
        os.close(handle)


def clean_temp_files(folder: Path, settings: ResilienceSettings) -> int:
    """Remove temporary files that crashed writes have left in a folder.

    Nothing happens up to `MAX_TEMP_FILES`; above it every file goes that is older than
    `TEMP_FILE_AGE_SECONDS`, so that writes in progress keep theirs.

    Returns:
        The number of files removed.
    """
    if not folder.is_dir():
        return 0
    leftovers = list(folder.glob(f"{TEMP_PREFIX}*"))
    if len(leftovers) <= settings.max_temp_files or settings.dry_run_mode:
        return 0
    oldest_kept = time.time() - settings.temp_file_age_seconds
    removed = 0
    for leftover in leftovers:
        with contextlib.suppress(FileNotFoundError):
            if leftover.stat().st_mtime < oldest_kept:
                leftover.unlink()
                removed += 1
    _logger.info("temp_files_removed", folder=str(folder), count=removed)
    return removed


def sha256_of_bytes(content: bytes) -> str:
    """Return the SHA-256 checksum of some bytes, as lower-case hex."""
    return hashlib.sha256(content).hexdigest()


def sha256_of_file(path: Path) -> str:
    """Return the SHA-256 checksum of a file of any size, as lower-case hex.

    Raises:
        OSError: If the file cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def file_matches(path: Path, checksum: str) -> bool:
    """Tell whether a file exists and has this SHA-256 checksum."""
    try:
        return hmac.compare_digest(sha256_of_file(path), checksum)
    except OSError:
        return False
