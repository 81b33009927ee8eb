"""Directories for the time of one run, which a killed run cannot leave for ever.

The process holds a lock inside its directory, so that the next run knows what a
killed one has left from the work of a run that is still alive.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from .storage import temporary_problem

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows: leftovers are named, not removed
    fcntl = None

if TYPE_CHECKING:
    from collections.abc import Generator

_LOCK = "lock"
_OURS = "groundplan-"


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


@contextmanager
def temporary(purpose: str) -> Generator[Path]:
    """A new directory where the system keeps temporary files.

    What killed runs left there for any purpose is removed first.

    Args:
        purpose: A word for its name.

    Raises:
        TargetError: There is no room, or nobody may write there.
    """
    with ExitStack() as stack:
        try:
            parent = Path(tempfile.gettempdir())
            remove_leftovers(parent, _OURS)
            made = scratch(parent, f"{_OURS}{purpose}-")
            directory = stack.enter_context(made)
        except OSError as problem:
            raise temporary_problem(problem) from problem
        yield directory


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
