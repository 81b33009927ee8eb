"""Writes a directory all at once, or not at all.

A project is rendered into `.NAME.groundplan-XXXXXX/project` beside its target, on
the same file system, and renamed in the end.
"""

from __future__ import annotations

import os
import stat
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import (
    GroundplanError,
    NotWritableError,
    TargetError,
    TargetNotEmptyError,
)
from .scratch import scratch
from .storage import FULL, storage_problem

if TYPE_CHECKING:
    from collections.abc import Generator

_NAME_KEPT = 40


@dataclass(frozen=True)
class Staging:
    """A directory that becomes the target when everything is in it."""

    project: Path
    target: Path

    @property
    def aside(self) -> Path:
        """A new directory beside the project, for the same time."""
        directory = self.project.parent / "aside"
        directory.mkdir()
        return directory

    def commit(self) -> None:
        """Make the staged project the target, in one rename.

        Raises:
            TargetNotEmptyError: Somebody filled the target in the meantime.
            TargetError: The file system refuses the rename.
        """
        try:
            if self.target.is_dir():
                # The rename puts another directory in its place: the owner has
                # decided already who may read it.
                self.project.chmod(stat.S_IMODE(self.target.stat().st_mode))
                if os.name == "nt":
                    self.target.rmdir()
            self.project.rename(self.target)
        except OSError as problem:
            check_target(self.target)
            message = f"cannot move the project to {self.target}: {problem.strerror}."
            raise TargetError(message, "choose another directory") from problem


def absolute(directory: str) -> Path:
    """Where a directory is that somebody typed; links in it stay links.

    Raises:
        TargetError: It is empty, or `~name` names nobody, or there is no "here".
    """
    if not directory.strip():
        raise TargetError("the directory has no name.", "name one: groundplan new NAME")
    try:
        Path.cwd()
        return Path(os.path.abspath(Path(directory).expanduser()))  # noqa: PTH100 - resolves "..", not links
    except RuntimeError as problem:
        message = f"{directory}: there is no such user, or no home directory."
        raise TargetError(message, "write the path out, without ~") from problem
    except OSError as problem:
        message = "the directory that you are in does not exist any more."
        raise TargetError(message, "go to one that exists: cd") from problem


def check_place(target: Path, checkout: Path | None = None) -> None:
    """Refuse a place where no project can stand, whatever is there.

    Args:
        target: The project's directory.
        checkout: The template's own repository, when there is one.

    Raises:
        TargetError: It is the current directory, one above it, or in the checkout.
    """
    if target == Path.cwd() or target in Path.cwd().parents:
        message = f"{target} is the directory that you are in."
        hint = "go one directory up and name it: cd .. && groundplan new NAME"
        raise TargetError(message, hint)
    if checkout is not None:
        real, ours = Path(os.path.realpath(target)), Path(os.path.realpath(checkout))
        if real == ours or ours in real.parents:
            message = f"{target} is inside the template's own checkout, {checkout}."
            raise TargetError(
                message, f"name one outside: {checkout.parent}{os.sep}NAME"
            )


def check_target(target: Path) -> None:
    """Refuse a target that cannot become the project's directory.

    Raises:
        TargetNotEmptyError: It holds something already, or is no directory.
        TargetError: No directory can have this name.
        NotWritableError: It, or the nearest directory above it, refuses writing.
    """
    try:
        _check_target(target)
    except OSError as problem:
        message = f"{target} cannot be a directory: {problem.strerror}."
        raise TargetError(message, "choose another name") from problem


def _check_target(target: Path) -> None:
    if target.is_symlink():
        message = f"{target} is a symbolic link."
        leads = Path(os.path.realpath(target))
        hint = f"name the directory that it leads to: {leads}"
        raise TargetNotEmptyError(message, hint)
    if target.exists() and not target.is_dir():
        message = f"{target} exists and is no directory."
        raise TargetNotEmptyError(message, "choose another name")
    if not target.is_dir():
        above = next(path for path in target.parents if path.exists())
        _check_writable(above)
        return
    _check_writable(target)
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


def _check_writable(directory: Path) -> None:
    if not os.access(directory, os.W_OK | os.X_OK):
        message = f"cannot write into {directory}."
        raise NotWritableError(message, "choose a directory that you may write to")


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
        with ExitStack() as stack:
            made_here = scratch(target.parent, f".{name}.groundplan-")
            try:
                directory = stack.enter_context(made_here)
                project = directory / "project"
                project.mkdir()
            except OSError as problem:
                raise _unwritable(target.parent, problem) from problem
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
        raise _unwritable(parent, problem) from problem
    return missing


def _unwritable(directory: Path, problem: OSError) -> GroundplanError:
    if problem.errno in FULL:
        return storage_problem(problem)
    message = f"cannot write into {directory}: {problem.strerror}."
    hint = "choose a directory that you may write to; nothing was changed"
    return NotWritableError(message, hint)
