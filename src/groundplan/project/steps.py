"""What comes after the files: git, lock, install, hooks, first commit.

Every step runs inside the finished project. One that fails leaves the project as
it is and says how to go on by hand.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import EnvironmentProblemError, SetupError
from . import guard
from .git import AS_IT_IS, advice, clean_environment, run_git
from .storage import FULL, temporary_problem
from .typed import FOREIGN, uv_as_typed

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS = 1_800
_FIRST_COMMIT = "first commit"
_NOBODY = ("-c", "user.name=Groundplan", "-c", "user.email=groundplan@example.invalid")
# What uv says when nothing answers.
_NO_NETWORK = re.compile(
    r"error sending request|dns error|tcp connect error|network is unreachable"
    r"|failed to fetch|operation timed out|could not connect",
    re.IGNORECASE,
)
_UNSIGNED = re.compile(
    r"failed to sign|signing failed|gpg\.|user\.signingkey", re.IGNORECASE
)
_FROM_CACHE = "no network: taken from what earlier runs have left in uv's cache"


@dataclass(frozen=True)
class Step:
    """One command after rendering.

    Attributes:
        title: What it does, for people.
        command: The program and its arguments.
        by_hand: The same as somebody types it.
        downloads: Whether it is uv at work, which can do without a network.
    """

    title: str
    command: tuple[str, ...]
    by_hand: str
    downloads: bool = False


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
        steps += _installing(project, hooks=git)
    if git:
        message = f"chore: start {name}"
        # The project's own hooks guard `main`; its first commit has to be there.
        hookless = ("git", "-c", f"core.hooksPath={os.devnull}", *AS_IT_IS)
        commit = (*hookless, "commit", "--quiet", "--message", message)
        add = ("git", *AS_IT_IS, "add", "--all")
        by_hand = commit_by_hand(name)
        steps.append(Step("stage all files", add, by_hand))
        steps.append(Step(_FIRST_COMMIT, commit, by_hand))
    return steps


def commit_by_hand(name: str) -> str:
    """The first commit as somebody types it.

    Args:
        name: The project's name.
    """
    message = shlex.quote(f"chore: start {name}")
    return f"git add --all && git commit --no-verify -m {message}"


def _installing(project: Path, *, hooks: bool) -> list[Step]:
    uv, typed = uv_binary(), shlex.join(uv_as_typed(project))
    sync = (uv, "sync", "--quiet", "--locked")
    steps = [
        Step("lock the dependencies", lock_command(), f"{typed} lock", downloads=True),
        Step("install them", sync, f"{typed} sync", downloads=True),
    ]
    if hooks and "\ninstall:" in _text(project / "Justfile"):
        prepare = (uv, "run", "--no-sync", "just", "install")
        by_hand = f"{typed} run just install"
        steps.append(Step("hooks and keys", prepare, by_hand, downloads=True))
    return steps


def lock_command() -> tuple[str, ...]:
    """Locks the project in the current directory at versions that were tested."""
    # `-P`: the project's own files are no modules of ours.
    return (sys.executable, "-P", "-m", f"{__package__}.lock")


def run_step(step: Step, project: Path) -> str:
    """Run one step inside the project.

    Returns:
        What is worth saying about how it went; mostly nothing.

    Raises:
        SetupError: It failed; the message has the end of what it printed.
    """
    code, said = _run(step, project, {})
    note = ""
    if code != 0 and step.downloads and _NO_NETWORK.search(said):
        again, _ = _run(step, project, {"UV_OFFLINE": "1"})
        if again == 0:
            code, note = 0, _FROM_CACHE
    if code != 0:
        last = "\n".join(said.strip().splitlines()[-15:])
        message = f"{step.title} failed (`{step.by_hand}`):\n{last}"
        raise SetupError(message, _what_to_do(step, said))
    return note


def _what_to_do(step: Step, said: str) -> str:
    """Advice that goes with some words of a program; empty without one."""
    if step.downloads and _NO_NETWORK.search(said):
        return "connect to the network: uv's cache lacks some of the packages"
    if "commit" in step.command and _UNSIGNED.search(said):
        unsigned = step.by_hand.replace("commit ", "commit --no-gpg-sign ")
        return f"repair the key that signs commits, or go without: {unsigned}"
    return advice(said)


def _run(step: Step, project: Path, more: Mapping[str, str]) -> tuple[int, str]:
    """Run to the end, or end it with all that it has started."""
    # Git may have to ask for a key at the terminal, which a guarded program has not.
    shim = (sys.executable, "-I", "-S", guard.__file__)
    command = (*shim, *step.command) if step.downloads else step.command
    if step.title == _FIRST_COMMIT:
        command = (command[0], *_identity(project), *command[1:])
    try:
        with tempfile.TemporaryFile() as output:
            program = subprocess.Popen(  # noqa: S603 - the command is ours, no shell
                command,
                cwd=project,
                env={**environment(), **more},
                stdin=subprocess.PIPE if step.downloads else subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            try:
                code = program.wait(SECONDS)
            finally:
                _end(program)
            output.seek(0)
            return code, output.read().decode(errors="replace")
    except OSError as problem:
        hint = temporary_problem(problem).hint if problem.errno in FULL else ""
        raise SetupError(f"{step.title}: {problem}", hint) from problem
    except subprocess.TimeoutExpired as problem:
        message = f"{step.title}: no end after {SECONDS} seconds."
        raise SetupError(message) from problem


def _end(program: subprocess.Popen[bytes]) -> None:
    """End a program that has not ended itself; the guard ends what it guards."""
    if program.stdin is not None:
        program.stdin.close()
    elif program.poll() is None:
        program.terminate()
    try:
        program.wait(2 * guard.PATIENCE)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()


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


def start(project: Path) -> None:
    """Become the project's own `just dev`; this process ends here."""
    os.chdir(project)
    command = (uv_binary(), "run", "just", "dev")
    os.execve(command[0], command, environment())  # noqa: S606 - the project's own recipe


def environment() -> Mapping[str, str]:
    """What the steps inherit: without a foreign virtual environment, with our uv."""
    kept = clean_environment()
    for name in FOREIGN:
        kept.pop(name, None)
    # The project's recipes call `uv`; ours need not be on the user's PATH.
    folders = [str(Path(uv_binary()).parent), kept.get("PATH", os.defpath)]
    return {**kept, "PATH": os.pathsep.join(folders)}


def _identity(project: Path) -> tuple[str, ...]:
    """Options that give the first commit an author where git knows none there."""
    try:
        run_git("var", "GIT_AUTHOR_IDENT", cwd=project)
        run_git("var", "GIT_COMMITTER_IDENT", cwd=project)
    except EnvironmentProblemError:
        return _NOBODY
    return ()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
