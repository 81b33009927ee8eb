"""Runs git, away from the caller's own git environment."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

from ..errors import EnvironmentProblemError, GitMissingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
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
AS_IT_IS = (
    *("-c", "core.autocrlf=false", "-c", "core.safecrlf=false"),
    *("-c", f"core.attributesFile={os.devnull}"),
    *("-c", f"core.excludesFile={os.devnull}"),
)
"""Options with which no setting of the user changes or leaves out a file."""

# What is read of the template is what was committed, named as Copier names it.
_READING = ("--no-replace-objects", "-c", "core.abbrev=auto", "-c", "core.fsmonitor=")
_BROKEN_SETTINGS = re.compile(r"bad (\w+ )?config|missing value for")


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
    return _run(arguments, cwd).decode(errors="replace").rstrip("\n")


def read_blobs(repository: Path, names: Iterable[str]) -> list[bytes]:
    """The contents of blobs, byte for byte as they were committed.

    Args:
        repository: A checkout's root or a bare repository.
        names: Their object names.

    Raises:
        EnvironmentProblemError: One is missing.
    """
    wanted = list(names)
    request = "".join(f"{name}\n" for name in wanted).encode()
    answer = memoryview(_run(("cat-file", "--batch"), repository, request))
    found: list[bytes] = []
    start = 0
    for name in wanted:
        end = start + bytes(answer[start : start + 200]).index(b"\n")
        _, kind, *size = bytes(answer[start:end]).decode().split(" ")
        if kind != "blob":
            message = f"the repository {repository} lacks the object {name}."
            raise EnvironmentProblemError(message, "`git fsck` in it says more")
        start = end + 1 + int(size[0])
        found.append(bytes(answer[end + 1 : start]))
        start += 1
    return found


def _run(arguments: Iterable[str], cwd: Path | None, request: bytes = b"") -> bytes:
    shown = f"git {' '.join(arguments)}"
    try:
        done = subprocess.run(  # noqa: S603 - arguments are ours, no shell
            ["git", *_READING, *arguments],  # noqa: S607 - git is found as the user's shell does
            cwd=cwd,
            env=clean_environment(),
            input=request,
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
    except (FileNotFoundError, NotADirectoryError, PermissionError) as problem:
        if cwd is not None and not cwd.is_dir():
            message = f"{cwd} does not exist."
            raise EnvironmentProblemError(message) from problem
        message = "git is not installed, or not on the PATH."
        raise GitMissingError(
            message, "install git 2.28 or newer: https://git-scm.com/downloads"
        ) from problem
    except subprocess.TimeoutExpired as problem:
        message = f"`{shown}` did not end within {SECONDS} seconds."
        raise EnvironmentProblemError(message) from problem
    except subprocess.CalledProcessError as problem:
        said = problem.stderr.decode(errors="replace").strip()
        message = f"`{shown}` failed:\n{said}"
        raise EnvironmentProblemError(message, advice(said)) from problem
    return done.stdout


def advice(said: str) -> str:
    """What to do about git's own words; empty when they say it themselves."""
    if _BROKEN_SETTINGS.search(said):
        return "correct the line of git's configuration that it names"
    return ""


def git_setting(name: str) -> str:
    """A value of the user's git configuration; empty when it is not set."""
    try:
        return run_git("config", "--get", name)
    except EnvironmentProblemError:
        return ""
