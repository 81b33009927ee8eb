"""What comes after the files: git, lock, install, hooks, first commit.

Every step runs inside the finished project. One that fails leaves the project as
it is and says how to go on by hand.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import EnvironmentProblemError, SetupError
from .git import clean_environment, run_git

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS = 1_800
# The Python and the virtual environment that run Groundplan are none of the project's
# business. pyenv's shims hand their own choice down, which outranks `.python-version`.
_FOREIGN = (
    "VIRTUAL_ENV",
    "UV_PROJECT_ENVIRONMENT",
    "UV_PROJECT",
    "PYTHONHOME",
    "PYENV_VERSION",
    "PYENV_DIR",
)
_NOBODY = ("-c", "user.name=Groundplan", "-c", "user.email=groundplan@example.invalid")


@dataclass(frozen=True)
class Step:
    """One command after rendering.

    Attributes:
        title: What it does, for people.
        command: The program and its arguments.
        by_hand: The same as somebody types it.
    """

    title: str
    command: tuple[str, ...]
    by_hand: str


def plan(project: Path, name: str, *, git: bool, install: bool) -> list[Step]:
    """The steps for a project, in order.

    Args:
        project: The rendered project.
        name: The distribution's name, for the first commit's message.
        git: Whether to make a repository and the first commit.
        install: Whether to lock and install what the project depends on.
    """
    steps: list[Step] = []
    if git:
        init = ("git", "init", "--quiet", "--initial-branch=main")
        steps.append(Step("git repository", init, "git init -b main"))
    if install:
        uv, typed = uv_binary(), shlex.quote(uv_as_typed(project))
        lock = lock_command()
        steps.append(Step("lock the dependencies", lock, f"{typed} lock"))
        sync = (uv, "sync", "--quiet", "--locked")
        steps.append(Step("install them", sync, f"{typed} sync"))
        if git and "\ninstall:" in _text(project / "Justfile"):
            prepare = (uv, "run", "--no-sync", "just", "install")
            steps.append(Step("hooks and keys", prepare, f"{typed} run just install"))
    if git:
        message = f"chore: start {name}"
        # The project's own hooks guard `main`; its first commit has to be there.
        hookless = ("git", "-c", f"core.hooksPath={os.devnull}", *_identity())
        commit = (*hookless, "commit", "--quiet", "--message", message)
        add = ("git", "add", "--all")
        by_hand = f"git add --all && git commit --no-verify -m {shlex.quote(message)}"
        steps.append(Step("stage all files", add, by_hand))
        steps.append(Step("first commit", commit, by_hand))
    return steps


def lock_command() -> tuple[str, ...]:
    """Locks the project in the current directory at versions that were tested."""
    # `-P`: the project's own files are no modules of ours.
    return (sys.executable, "-P", "-m", f"{__package__}.lock")


def run_step(step: Step, project: Path) -> None:
    """Run one step inside the project.

    Raises:
        SetupError: It failed; the message has the end of what it printed.
    """
    try:
        done = subprocess.run(  # noqa: S603 - the command is ours, no shell
            step.command,
            cwd=project,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except OSError as problem:
        raise SetupError(f"{step.title}: {problem}") from problem
    except subprocess.TimeoutExpired as problem:
        message = f"{step.title}: no end after {SECONDS} seconds."
        raise SetupError(message) from problem
    if done.returncode != 0:
        last = "\n".join(done.stdout.strip().splitlines()[-15:])
        message = f"{step.title} failed (`{step.by_hand}`):\n{last}"
        raise SetupError(message)


def uv_binary() -> str:
    """The uv that was installed together with Groundplan.

    Raises:
        EnvironmentProblemError: It is missing.
    """
    from uv import find_uv_bin  # noqa: PLC0415 - needed by this step alone

    try:
        return find_uv_bin()
    except FileNotFoundError as problem:
        message = "uv is not installed beside Groundplan."
        hint = "pip install --force-reinstall uv, or add --no-install"
        raise EnvironmentProblemError(message, hint) from problem


def uv_as_typed(project: Path) -> str:
    """How somebody calls uv in the project: by its name, or else by its path.

    A version manager's `uv` can be on the PATH and still refuse a directory whose
    `.python-version` names another Python; and ours is on the PATH only as long as
    this command runs.
    """
    environment = {**os.environ, "PATH": _path_of_the_shell()}
    for name in _FOREIGN:
        environment.pop(name, None)
    try:
        found = shutil.which("uv", path=environment["PATH"]) or ""
        command = (found, "--version")
        subprocess.run(  # noqa: S603 - what the shell would run
            command, cwd=project, env=environment, capture_output=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return uv_binary()
    return "uv"


def ourselves_as_typed() -> tuple[str, ...]:
    """How somebody calls this command: by its name, or else by what runs it."""
    if shutil.which("groundplan", path=_path_of_the_shell()):
        return ("groundplan",)
    return (sys.executable, "-m", "groundplan")


def _path_of_the_shell() -> str:
    """The PATH without what running this command has put in front of it."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    ours = {Path(sys.prefix) / "bin"} if sys.prefix != sys.base_prefix else set[Path]()
    if "PYENV_VERSION" in os.environ:  # by a shim, with the folder
        ours.add(Path(sys.base_prefix) / "bin")
    return os.pathsep.join(folder for folder in folders if Path(folder) not in ours)


def start(project: Path) -> None:
    """Become the project's own `just dev`; this process ends here."""
    os.chdir(project)
    command = (uv_binary(), "run", "just", "dev")
    os.execve(command[0], command, environment())  # noqa: S606 - the project's own recipe


def environment() -> Mapping[str, str]:
    """What the steps inherit: without a foreign virtual environment, with our uv."""
    kept = clean_environment()
    for name in _FOREIGN:
        kept.pop(name, None)
    # The project's recipes call `uv`; ours need not be on the user's PATH.
    folders = [str(Path(uv_binary()).parent), kept.get("PATH", os.defpath)]
    return {**kept, "PATH": os.pathsep.join(folders)}


def _identity() -> tuple[str, ...]:
    """Options that give the first commit an author where git knows none."""
    try:
        run_git("var", "GIT_AUTHOR_IDENT")
        run_git("var", "GIT_COMMITTER_IDENT")
    except EnvironmentProblemError:
        return _NOBODY
    return ()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
