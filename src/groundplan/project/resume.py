"""Finds what an interrupted run has left: all files, but no first commit yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import yaml

from ..errors import EnvironmentProblemError, TargetNotEmptyError
from .git import run_git

if TYPE_CHECKING:
    from pathlib import Path

_ANSWERS = ".copier-answers.yml"


def unfinished(target: Path) -> dict[str, Any] | None:
    """The answers of a project without a commit; None when there is no such project.

    Args:
        target: The directory that somebody named for a project.
    """
    file = target / _ANSWERS
    if target.is_symlink() or not file.is_file() or _has_commit(target):
        return None
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError):
        return None
    if not isinstance(content, dict) or "_commit" not in content:
        return None
    answers = cast("dict[str, Any]", content)
    return {name: value for name, value in answers.items() if name[:1] != "_"}


def check_same(target: Path, rendered: Path) -> None:
    """Refuse to go on with a project that this command would not write.

    Args:
        target: The unfinished project.
        rendered: What the command writes.

    Raises:
        TargetNotEmptyError: A file is missing or another one; the message names it.
    """
    for path in sorted(rendered.rglob("*")):
        if path.is_dir():
            continue
        name = path.relative_to(rendered)
        theirs = target / name
        if not theirs.is_file() or theirs.read_bytes() != path.read_bytes():
            message = (
                f"{target} is not empty: it has a project without a commit, in which "
                f"{name.as_posix()} is not what this command writes."
            )
            hint = (
                "to keep it as it is, make the repository and the commit by hand; or "
                "choose another name; nothing was changed"
            )
            raise TargetNotEmptyError(message, hint)


def _has_commit(target: Path) -> bool:
    if not (target / ".git").exists():
        return False
    try:
        run_git("rev-parse", "--verify", "--quiet", "HEAD", cwd=target)
    except EnvironmentProblemError:
        return False
    return True
