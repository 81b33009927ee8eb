"""Stopped in the middle of a render, or out of space: nothing half-written."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.support.commands import command, environment, groundplan
from tests.support.render import GIT_ENVIRONMENT, content, git

from groundplan.commands.new import new
from groundplan.errors import InterruptedRunError, TargetNotEmptyError
from groundplan.project import source, steps
from groundplan.project.steps import Step

QUICK = ("--defaults", "--no-install", "--no-git")


@contextmanager
def half_way(repository: Path, folder: Path) -> Generator[subprocess.Popen[str]]:
    """A run that has written five files and waits."""
    process = subprocess.Popen(
        command(repository, "new", "demo", *QUICK, slow=True),
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stderr is not None
        for line in process.stderr:
            if "half-way" in line:
                break
        yield process
        process.kill()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_nothing(
    repository: Path, tmp_path: Path, number: signal.Signals
) -> None:
    with half_way(repository, tmp_path) as process:
        assert len(names(tmp_path)) == 1
        process.send_signal(number)
        assert process.stderr is not None
        said = process.stderr.read()
        assert process.wait(timeout=20) == 130
    assert "stopped; nothing was written" in said
    assert names(tmp_path) == []


@pytest.fixture
def in_process(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the command in the tests' own process, on their template."""
    monkeypatch.setattr(source, "CHECKOUT", repository)
    for name, value in GIT_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def stop_at(monkeypatch: pytest.MonkeyPatch, title: str, *, after: bool) -> None:
    """Let Ctrl-C come beside one step."""
    run = steps.run_step

    def stopping(step: Step, project: Path) -> str:
        note = run(step, project) if step.title != title or after else ""
        if step.title == title:
            os.kill(os.getpid(), signal.SIGINT)
        return note

    monkeypatch.setattr(steps, "run_step", stopping)


STEPS = ("git repository", "stage all files", "first commit")


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("title", STEPS)
def test_stopped_at_a_step_it_says_what_is_left_and_the_same_command_goes_on(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    title: str,
    after: bool,
) -> None:
    target = tmp_path / "my demo"
    arguments: dict[str, Any] = {"defaults": True, "no_install": True}
    with monkeypatch.context() as stopped:
        stop_at(stopped, title, after=after)
        with pytest.raises(InterruptedRunError) as caught:
            new(str(target), **arguments)
    assert f"the project in {target} is complete" in caught.value.message
    assert (target / "pyproject.toml").is_file()
    if (title, after) == (STEPS[-1], True):
        with pytest.raises(TargetNotEmptyError):
            new(str(target), **arguments)
    else:
        assert "the same command goes on" in caught.value.hint
        assert f"cd '{target}'\n" in caught.value.hint
        assert "git add --all && git commit" in caught.value.hint
        new(str(target), **arguments)
        assert "going on with the project" in capsys.readouterr().err
    assert git(target, "log", "--format=%s").strip() == "chore: start my demo"
    assert git(target, "status", "--porcelain") == ""


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("kept", [False, True])
def test_an_interrupt_at_the_rename_knows_on_which_side_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    rename = Path.rename

    def stop(self: Path, target: Path) -> Path:
        if self.name == "project":
            os.kill(os.getpid(), signal.SIGINT)
        return rename(self, target)

    def interrupted(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    target = tmp_path / "demo"
    if kept:
        monkeypatch.setattr(Path, "rename", stop)
    else:
        monkeypatch.setattr(steps, "plan", interrupted)
    with pytest.raises(InterruptedRunError) as caught:
        new(str(target), defaults=True, no_install=True)
    assert target.exists() is kept
    assert ("nothing was written" in caught.value.message) is not kept
    assert ("git init" in caught.value.hint) is kept


@pytest.mark.usefixtures("in_process")
def test_a_project_that_the_command_would_not_write_is_left_alone(
    tmp_path: Path,
) -> None:
    target = tmp_path / "demo"
    new(str(target), defaults=True, no_install=True, no_git=True)
    (target / "README.md").write_text("mine\n", encoding="utf-8")
    before = content(target)
    with pytest.raises(TargetNotEmptyError, match=r"README\.md is not what"):
        new(str(target), defaults=True, no_install=True)
    with pytest.raises(TargetNotEmptyError, match="is not empty"):
        new(str(target), defaults=True, no_install=True, no_git=True)
    assert content(target) == before


@pytest.mark.usefixtures("in_process")
def test_what_was_rendered_on_another_day_is_gone_on_with(
    tmp_path: Path,
) -> None:
    target = tmp_path / "demo"
    settings = ["licence=mit", "kickoff_date=2026-01-31"]
    new(str(target), settings=settings, no_install=True, no_git=True, defaults=True)
    new(str(target), defaults=True, no_install=True)
    assert git(target, "status", "--porcelain") == ""
    assert "licence: mit" in (target / ".copier-answers.yml").read_text()


def test_after_a_kill_the_target_is_not_there_and_the_next_run_tidies_up(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    folder = tmp_path / "work"
    folder.mkdir()
    with half_way(repository, folder) as process:
        process.kill()
        process.wait(timeout=20)
    (leftover,) = names(folder)
    assert leftover.startswith(".demo.groundplan-")
    assert names(temporary) == []  # the template is read into memory
    done = groundplan(repository, folder, "new", "demo", *QUICK)
    assert done.returncode == 0, done.stderr
    assert names(folder) == ["demo"]
    assert not any(name.startswith("groundplan-") for name in names(temporary))


def test_two_runs_at_once_do_not_harm_each_other(
    repository: Path, tmp_path: Path
) -> None:
    with half_way(repository, tmp_path) as process:
        done = groundplan(repository, tmp_path, "new", "demo", *QUICK)
        assert done.returncode == 0, done.stderr
        assert process.poll() is None
        assert len(names(tmp_path)) == 2
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
    assert names(tmp_path) == ["demo"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Generator[Path]:
    """A file system of 64 KiB."""
    mount = tmp_path / "disk"
    mount.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(mount)]
    try:
        done = subprocess.run(options, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount command")
    if done.returncode != 0:
        pytest.skip(f"no small file system can be mounted: {done.stderr.strip()}")
    yield mount
    subprocess.run(["umount", str(mount)], check=True)


def test_a_full_disk_leaves_nothing(repository: Path, small_disk: Path) -> None:
    done = groundplan(repository, small_disk, "new", "demo", *QUICK)
    assert done.returncode == 3
    assert "the disk is full" in done.stderr
    assert "hint: free some space" in done.stderr
    assert names(small_disk) == []
