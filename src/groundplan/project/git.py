"""Runs git, away from the caller's own git environment."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from ..errors import EnvironmentProblemError, GitMissingError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SECONDS = 120
_INHERITED = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
)


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment without what a git hook or an outer repository left in it."""
    kept = {key: value for key, value in os.environ.items() if key not in _INHERITED}
    return {**kept, "GIT_TERMINAL_PROMPT": "0", **(extra or {})}


def run_git(*arguments: str, cwd: Path | None = None) -> str:
    """Run git and return what it prints, without the last newline.

    Args:
        arguments: Everything after `git`.
        cwd: Where to run; the current directory by default.

    Raises:
        GitMissingError: There is no git.
        EnvironmentProblemError: Git failed or took longer than 120 seconds.
    """
    shown = f"git {' '.join(arguments)}"
    try:
        done = subprocess.run(  # noqa: S603 - arguments are ours, no shell
            ["git", *arguments],  # noqa: S607 - git is found as the user's shell does
            cwd=cwd,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=True,
        )
    except (FileNotFoundError, NotADirectoryError, PermissionError) as problem:
        message = "git is not installed, or not on the PATH."
        raise GitMissingError(
            message, "install git 2.28 or newer: https://git-scm.com/downloads"
        ) from problem
    except subprocess.TimeoutExpired as problem:
        message = f"`{shown}` did not end within {SECONDS} seconds."
        raise EnvironmentProblemError(message) from problem
    except subprocess.CalledProcessError as problem:
        message = f"`{shown}` failed:\n{str(problem.stderr).strip()}"
        raise EnvironmentProblemError(message) from problem
    return done.stdout.rstrip("\n")


def git_setting(name: str) -> str:
    """A value of the user's git configuration; empty when it is not set."""
    try:
        return run_git("config", "--get", name)
    except EnvironmentProblemError:
        return ""
