"""The steps after rendering: in order, apart from hooks, and clear when they fail."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from tests.support.render import GIT_ENVIRONMENT, git

from groundplan.errors import EnvironmentProblemError, SetupError
from groundplan.project import setup
from groundplan.project.setup import (
    Step,
    ourselves_as_typed,
    plan,
    run_step,
    uv_as_typed,
    uv_binary,
)


def titles(project: Path, *, git: bool, install: bool) -> list[str]:
    return [step.title for step in plan(project, "x", git=git, install=install)]


def test_the_order_of_the_steps(tmp_path: Path) -> None:
    (tmp_path / "Justfile").write_text("\ninstall:\n    uv sync\n", encoding="utf-8")
    assert titles(tmp_path, git=True, install=True) == [
        "git repository",
        "lock the dependencies",
        "install them",
        "hooks and keys",
        "stage all files",
        "first commit",
    ]
    assert titles(tmp_path, git=False, install=True) == [
        "lock the dependencies",
        "install them",
    ]
    assert titles(tmp_path, git=False, install=False) == []


def test_a_project_without_the_recipe_is_not_asked_for_it(tmp_path: Path) -> None:
    assert "hooks and keys" not in titles(tmp_path, git=True, install=True)


def test_the_first_commit_passes_hooks_that_guard_main(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in GIT_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    steps = plan(tmp_path, "x", git=True, install=False)
    run_step(steps[0], tmp_path)
    hook = tmp_path / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    (tmp_path / "file").touch()
    for step in steps[1:]:
        run_step(step, tmp_path)
    assert (
        git(tmp_path, "log", "--format=%s %D").strip() == "chore: start x HEAD -> main"
    )


def test_a_machine_without_a_git_identity_still_commits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    config.write_text("[user]\n\tuseConfigOnly = true\n", encoding="utf-8")
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{name}_NAME", raising=False)
        monkeypatch.delenv(f"GIT_{name}_EMAIL", raising=False)
    monkeypatch.delenv("EMAIL", raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    project = tmp_path / "project"
    project.mkdir()
    (project / "file").touch()
    for step in plan(project, "x", git=True, install=False):
        run_step(step, project)
    author = git(project, "log", "--format=%an <%ae>").strip()
    assert author == "Groundplan <groundplan@example.invalid>"


def step(*command: str) -> Step:
    return Step("the step", command, "by hand")


def test_a_failed_step_shows_the_end_of_its_output(tmp_path: Path) -> None:
    program = "print('\\n'.join(map(str, range(99)))); raise SystemExit(3)"
    with pytest.raises(SetupError) as caught:
        run_step(step(sys.executable, "-c", program), tmp_path)
    assert "the step failed (`by hand`)" in caught.value.message
    assert caught.value.message.endswith("\n98")
    assert "\n50\n" not in caught.value.message


def test_a_program_that_is_missing_is_a_failed_step(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="the step"):
        run_step(step(str(tmp_path / "nothing")), tmp_path)


def test_a_step_without_end_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "SECONDS", 0.2)
    with pytest.raises(SetupError, match="no end"):
        run_step(step(sys.executable, "-c", "import time; time.sleep(9)"), tmp_path)


def test_steps_find_our_uv_and_not_our_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = {"VIRTUAL_ENV": "/somewhere", "PYENV_VERSION": "3.11.7"}
    for name, value in foreign.items():
        monkeypatch.setenv(name, value)
    program = (
        "import os, shutil, sys;"
        f"inherited = {set(foreign)} & os.environ.keys();"
        "sys.exit(bool(inherited) or shutil.which('uv') != sys.argv[1])"
    )
    run_step(step(sys.executable, "-c", program, uv_binary()), tmp_path)


def test_a_missing_uv_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> str:
        raise FileNotFoundError

    monkeypatch.setattr("uv.find_uv_bin", missing)
    with pytest.raises(EnvironmentProblemError, match="uv is not installed"):
        uv_binary()


def test_uv_is_named_by_its_path_when_the_name_does_not_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert uv_as_typed(tmp_path) == uv_binary()
    shim = tmp_path / "uv"
    shim.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    shim.chmod(0o755)
    assert uv_as_typed(tmp_path) == uv_binary()
    shim.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    assert uv_as_typed(tmp_path) == "uv"


def test_what_is_to_be_typed_by_hand_can_be_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    by_hand = [s.by_hand for s in plan(tmp_path, "x", git=False, install=True)]
    assert by_hand == [f"{uv_binary()} lock", f"{uv_binary()} sync"]
    assert ourselves_as_typed() == (sys.executable, "-m", "groundplan")
    command = tmp_path / "groundplan"
    command.touch(mode=0o755)
    assert ourselves_as_typed() == ("groundplan",)


def test_starting_becomes_the_projects_own_recipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []

    def execute(*arguments: object) -> None:
        started.extend(arguments)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "execve", execute)
    setup.start(tmp_path)
    assert started[1] == (uv_binary(), "run", "just", "dev")
