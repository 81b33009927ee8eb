"""Stopped in the middle of a render, or out of space: nothing half-written."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.support.commands import command, environment, groundplan

from groundplan.commands.new import new
from groundplan.errors import InterruptedRunError
from groundplan.project import setup, source
from groundplan.project.setup import Step

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


def test_stopped_after_the_files_it_says_what_is_left_to_do(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(step: Step, _project: Path) -> None:
        if step.title == "stage all files":
            raise KeyboardInterrupt

    monkeypatch.setattr(source, "CHECKOUT", repository)
    monkeypatch.setattr(setup, "run_step", stop)
    target = tmp_path / "my demo"
    with pytest.raises(InterruptedRunError) as caught:
        new(str(target), defaults=True, no_install=True)
    assert f"cd '{target}'\n  git add --all && git commit" in caught.value.hint
    assert (target / "pyproject.toml").is_file()


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
    assert any(name.startswith("groundplan-template-") for name in names(temporary))
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
