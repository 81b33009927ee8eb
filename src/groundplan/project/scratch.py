"""Directories for the time of one run, which a killed run cannot leave for ever.

The process holds a lock inside its directory, so that the next run knows what a
killed one has left from the work of a run that is still alive.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows: leftovers are named, not removed
    fcntl = None

if TYPE_CHECKING:
    from collections.abc import Generator

_LOCK = "lock"


@contextmanager
def scratch(parent: Path, prefix: str) -> Generator[Path]:
    """A new directory in `parent`; it is gone in the end, come what may.

    What killed runs left there under the same prefix is removed first.

    Args:
        parent: An existing directory that may be written.
        prefix: How the directory's name begins; nothing else may begin like it.
    """
    remove_leftovers(parent, prefix)
    directory = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    try:
        with _locked(directory):
            yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def remove_leftovers(parent: Path, prefix: str) -> list[Path]:
    """Remove what killed runs left in `parent`.

    Only a directory of this user with an unlocked lock inside counts as left over.
    """
    removed: list[Path] = []
    for path in parent.iterdir():
        if path.name.startswith(prefix) and _is_abandoned(path):
            shutil.rmtree(path, ignore_errors=True)
            removed.append(path)
    return removed


@contextmanager
def _locked(directory: Path) -> Generator[None]:
    coming = directory / f"{_LOCK}.new"
    with coming.open("w") as lock:
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)
        # A lock file that can be seen is locked already.
        coming.rename(directory / _LOCK)
        yield


def _is_abandoned(path: Path) -> bool:
    if path.is_symlink() or not path.is_dir():
        return False
    try:
        if path.stat().st_uid != os.getuid():
            return False
        with (path / _LOCK).open("r+") as lock:
            return _unlocked(lock)
    except OSError:
        return False


def _unlocked(lock: IO[str]) -> bool:
    if fcntl is None:  # pragma: no cover - Windows
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
