"""Writes a directory all at once, or not at all.

A project is rendered into `.NAME.groundplan-XXXXXX/project` beside its target, on
the same file system, and renamed in the end. The process holds a lock inside that
directory, so that the next run knows a leftover of a killed one from the work of
a run that is still alive.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ..errors import NotWritableError, TargetError, TargetNotEmptyError

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows: leftovers are named, not removed
    fcntl = None

if TYPE_CHECKING:
    from collections.abc import Generator

_MARK = ".groundplan-"
_LOCK = "lock"


@dataclass(frozen=True)
class Staging:
    """A directory that becomes the target when everything is in it."""

    project: Path
    target: Path

    def commit(self) -> None:
        """Make the staged project the target, in one rename.

        Raises:
            TargetNotEmptyError: Somebody filled the target in the meantime.
            TargetError: The file system refuses the rename.
        """
        try:
            if os.name == "nt" and self.target.is_dir():
                self.target.rmdir()
            self.project.rename(self.target)
        except OSError as problem:
            check_target(self.target)
            message = f"cannot move the project to {self.target}: {problem.strerror}."
            raise TargetError(message, "choose another directory") from problem


def check_target(target: Path) -> None:
    """Refuse a target that cannot become the project's directory.

    Raises:
        TargetNotEmptyError: It holds something already, or is no directory.
        TargetError: It is the current directory or one above it.
        NotWritableError: It, or the nearest directory above it, refuses writing.
    """
    if target == Path.cwd() or target in Path.cwd().parents:
        message = f"{target} is the directory that you are in."
        hint = "go one directory up and name it: cd .. && groundplan new NAME"
        raise TargetError(message, hint)
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        message = f"{target} exists and is no directory."
        raise TargetNotEmptyError(message, "choose another name")
    if not target.is_dir():
        above = next(path for path in target.parents if path.exists())
        if not os.access(above, os.W_OK | os.X_OK):
            message = f"cannot write into {above}."
            raise NotWritableError(message, "choose a directory that you may write to")
        return
    try:
        occupied = next(target.iterdir(), None)
    except OSError as problem:
        message = f"{target} cannot be read: {problem.strerror}."
        raise NotWritableError(message, "choose another directory") from problem
    if occupied is not None:
        message = f"{target} is not empty: it has {occupied.name!r}."
        raise TargetNotEmptyError(
            message, "choose another name, or an empty directory; nothing was changed"
        )


@contextmanager
def staged(target: Path) -> Generator[Staging]:
    """A staging directory beside the target; it is gone in the end, come what may.

    Raises:
        NotWritableError: The directory above the target cannot be written.
    """
    parent = target.parent
    made = _make_parents(parent)
    directory: Path | None = None
    try:
        remove_leftovers(target)
        directory = Path(tempfile.mkdtemp(prefix=f".{target.name}{_MARK}", dir=parent))
        with _locked(directory):
            project = directory / "project"
            project.mkdir()
            yield Staging(project, target)
    finally:
        if directory is not None:
            shutil.rmtree(directory, ignore_errors=True)
        if not target.exists():
            for path in reversed(made):
                with suppress(OSError):
                    path.rmdir()


def remove_leftovers(target: Path) -> list[Path]:
    """Remove what killed runs left beside the target.

    Only a directory of this user with an unlocked lock inside counts as left over.
    """
    removed: list[Path] = []
    prefix = f".{target.name}{_MARK}"
    for path in target.parent.iterdir():
        if path.name.startswith(prefix) and _is_abandoned(path):
            shutil.rmtree(path, ignore_errors=True)
            removed.append(path)
    return removed


def _make_parents(parent: Path) -> list[Path]:
    """Create the missing directories above the target; return them, outermost first."""
    missing = [path for path in (parent, *parent.parents) if not path.exists()]
    missing.reverse()
    try:
        for path in missing:
            path.mkdir(exist_ok=True)
        if not os.access(parent, os.W_OK | os.X_OK):
            raise PermissionError(13, os.strerror(13), str(parent))
    except OSError as problem:
        for path in reversed(missing):
            with suppress(OSError):
                path.rmdir()
        message = f"cannot write into {parent}: {problem.strerror}."
        hint = "choose a directory that you may write to; nothing was changed"
        raise NotWritableError(message, hint) from problem
    return missing


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
