"""Writes a directory all at once, or not at all.

A project is rendered into `.NAME.groundplan-XXXXXX/project` beside its target, on
the same file system, and renamed in the end.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import NotWritableError, TargetError, TargetNotEmptyError
from .scratch import scratch

if TYPE_CHECKING:
    from collections.abc import Generator

_NAME_KEPT = 40


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


def absolute(directory: str) -> Path:
    """Where a directory is that somebody typed; links in it stay links.

    Raises:
        TargetError: It is empty, or `~name` names nobody.
    """
    if not directory.strip():
        raise TargetError("the directory has no name.", "name one: groundplan new NAME")
    try:
        return Path(os.path.abspath(Path(directory).expanduser()))  # noqa: PTH100 - resolves "..", not links
    except RuntimeError as problem:
        message = f"{directory}: there is no such user, or no home directory."
        raise TargetError(message, "write the path out, without ~") from problem


def check_target(target: Path) -> None:
    """Refuse a target that cannot become the project's directory.

    Raises:
        TargetNotEmptyError: It holds something already, or is no directory.
        TargetError: It is the current directory or one above it.
        NotWritableError: It, or the nearest directory above it, refuses writing.
    """
    try:
        _check_target(target)
    except OSError as problem:
        message = f"{target} cannot be a directory: {problem.strerror}."
        raise TargetError(message, "choose another name") from problem


def _check_target(target: Path) -> None:
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
    made = _make_parents(target.parent)
    try:
        # A name of its own length more could be too long for the file system.
        name = target.name[:_NAME_KEPT]
        with scratch(target.parent, f".{name}.groundplan-") as directory:
            project = directory / "project"
            project.mkdir()
            yield Staging(project, target)
    finally:
        if not target.exists():
            for path in reversed(made):
                with suppress(OSError):
                    path.rmdir()


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
