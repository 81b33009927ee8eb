"""The steps after rendering: in order, apart from hooks, and clear when they fail."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from tests.support.render import GIT_ENVIRONMENT, git

from groundplan.errors import EnvironmentProblemError, SetupError
from groundplan.project import steps
from groundplan.project.git import read_blobs, run_git
from groundplan.project.steps import Step, plan, run_step, uv_binary


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


@pytest.mark.parametrize(
    "settings",
    [
        "[core]\n\tautocrlf = true\n\tsafecrlf = true\n",
        "[core]\n\tattributesFile = {folder}/attributes\n",
        "[core]\n\texcludesFile = {folder}/excludes\n",
    ],
)
def test_no_setting_of_git_changes_or_leaves_out_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: str
) -> None:
    for name, value in GIT_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "attributes").write_text("* filter=shout\n", encoding="utf-8")
    (tmp_path / "excludes").write_text("*.txt\n", encoding="utf-8")
    config = tmp_path / "config"
    shout = '[filter "shout"]\n\tclean = tr a-z A-Z\n'
    config.write_text(settings.format(folder=tmp_path) + shout, encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    project = tmp_path / "project"
    project.mkdir()
    contents = {"a.txt": b"one\ntwo\n", "b.txt": b"one\r\ntwo\r\n"}
    for name, content in contents.items():
        (project / name).write_bytes(content)
    for each in plan(project, "x", git=True, install=False):
        run_step(each, project)
    names = [run_git("rev-parse", f"HEAD:{name}", cwd=project) for name in contents]
    assert read_blobs(project, names) == list(contents.values())


def step(*command: str, downloads: bool = False) -> Step:
    return Step("the step", command, "by hand", downloads)


@pytest.mark.parametrize("downloads", [True, False])
def test_a_step_that_goes_well_has_nothing_to_say(
    tmp_path: Path, downloads: bool
) -> None:
    program = "import os; print('words'); open('done', 'w').close()"
    command = (sys.executable, "-c", program)
    assert run_step(step(*command, downloads=downloads), tmp_path) == ""
    assert (tmp_path / "done").exists()


def test_without_a_network_a_step_takes_what_the_cache_has(tmp_path: Path) -> None:
    program = (
        "import os, sys;"
        "sys.exit(0 if 'UV_OFFLINE' in os.environ else 'error sending request for url')"
    )
    without = step(sys.executable, "-c", program, downloads=True)
    assert "no network" in run_step(without, tmp_path)
    program = "raise SystemExit('error sending request for url')"
    with pytest.raises(SetupError, match="error sending request") as caught:
        run_step(step(sys.executable, "-c", program, downloads=True), tmp_path)
    assert "connect to the network" in caught.value.hint


def test_a_commit_that_cannot_be_signed_has_another_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in GIT_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    config = tmp_path / "config"
    config.write_text("[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = false\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    project = tmp_path / "project"
    project.mkdir()
    (project / "file").touch()
    *before, commit = plan(project, "x", git=True, install=False)
    for each in before:
        run_step(each, project)
    with pytest.raises(SetupError) as caught:
        run_step(commit, project)
    assert "git commit --no-gpg-sign --no-verify -m" in caught.value.hint


def is_alive(number: int) -> bool:
    status = Path(f"/proc/{number}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_what_a_step_has_started_ends_with_the_command(
    tmp_path: Path, number: signal.Signals
) -> None:
    child = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    starts = (
        "import subprocess, sys, os;"
        "open('started', 'w').write(str(os.getpid()));"
        f"subprocess.run([sys.executable, '-c', {child!r}], stdout=open('child', 'w'))"
    )
    program = (
        "import sys; from pathlib import Path;"
        "from groundplan.project.interrupts import interruptible;"
        "from groundplan.project.steps import Step, run_step\n"
        "with interruptible():\n"
        f"    step = Step('s', (sys.executable, '-c', {starts!r}), 'by hand', True)\n"
        f"    run_step(step, Path({str(tmp_path)!r}))"
    )
    command = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE)
    with command:
        numbers = [int(wait_for(tmp_path / name)) for name in ("started", "child")]
        assert all(map(is_alive, numbers))
        command.send_signal(number)
        command.wait(timeout=30)
    deadline = time.monotonic() + 30
    while any(map(is_alive, numbers)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(map(is_alive, numbers))


def wait_for(file: Path) -> str:
    """What a program writes into a file, as soon as it has."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if file.is_file() and (text := file.read_text().strip()):
            return text
        time.sleep(0.02)
    pytest.fail(f"{file.name} was not written")


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


def test_a_full_disk_for_what_a_step_prints_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    with pytest.raises(SetupError, match="No space left") as caught:
        run_step(step(sys.executable, "-c", "pass"), tmp_path)
    assert "TMPDIR" in caught.value.hint


def test_a_step_without_end_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "SECONDS", 0.2)
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


def test_starting_becomes_the_projects_own_recipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []

    def execute(*arguments: object) -> None:
        started.extend(arguments)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "execve", execute)
    steps.start(tmp_path)
    assert started[1] == (uv_binary(), "run", "just", "dev")
