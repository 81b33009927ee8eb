"""The lock file: the versions that were tested, and no trace of how they got there."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from groundplan.errors import SetupError
from groundplan.project import lock as module
from groundplan.project import scratch
from groundplan.project.lock import constraints, lock
from groundplan.project.steps import lock_command, plan, run_step, uv_binary

PYPROJECT = """\
[project]
name = "demo"
version = "1"
requires-python = ">=3.11"
dependencies = ["part>=1"]

[tool.uv]
default-groups = []
"""


def wheel(folder: Path, version: str) -> None:
    """Put a distribution without any file into a folder that uv searches."""
    info = f"part-{version}.dist-info"
    with zipfile.ZipFile(folder / f"part-{version}-py3-none-any.whl", "w") as file:
        metadata = f"Metadata-Version: 2.1\nName: part\nVersion: {version}\n"
        file.writestr(f"{info}/METADATA", metadata)
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        file.writestr(f"{info}/RECORD", "")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    for version in ("1.0", "2.0", "3.0"):
        wheel(wheels, version)
    monkeypatch.setenv("UV_FIND_LINKS", str(wheels))
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("UV_PYTHON", sys.executable)
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (project / ".python-version").write_text("3.11\n", encoding="utf-8")
    return project


def constrain(version: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder / "constraints.txt"
    file.write_text(f"# tested\npart=={version}\nother==1\n", encoding="utf-8")
    monkeypatch.setattr(module, "CONSTRAINTS", file)


def locked(project: Path) -> dict[str, str]:
    content = tomllib.loads((project / "uv.lock").read_text(encoding="utf-8"))
    assert "manifest" not in content
    return {package["name"]: package["version"] for package in content["package"]}


@pytest.mark.parametrize("cache", ["0", "1"])
def test_a_new_project_has_the_versions_that_were_tested(
    project: Path, monkeypatch: pytest.MonkeyPatch, cache: str
) -> None:
    monkeypatch.setenv("UV_NO_CACHE", cache)
    constrain("2.0", project.parent, monkeypatch)
    assert lock(project)
    assert locked(project)["part"] == "2.0"
    check = (uv_binary(), "lock", "--check")
    assert subprocess.run(check, cwd=project, check=False).returncode == 0
    assert (project / "pyproject.toml").read_text(encoding="utf-8") == PYPROJECT


def test_versions_that_cannot_be_had_leave_nothing_behind(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    constrain("9.0", project.parent, monkeypatch)
    assert not lock(project)
    assert "part==9.0" in capfd.readouterr().err
    assert not (project / "uv.lock").exists()


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder, has each page asked for again, and prints nothing."""

    def end_headers(self) -> None:
        """Add that a page is old at once."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def index(folder: Path) -> Generator[str]:
    """A package index on this machine, for as long as the block runs."""
    handler = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/simple"
        finally:
            server.shutdown()
            thread.join()


def test_without_a_network_the_cache_is_enough(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = project.parent / "index"
    pages = root / "simple" / "part"
    pages.mkdir(parents=True)
    wheel(root, "1.0")
    name = "part-1.0-py3-none-any.whl"
    pages.joinpath("index.html").write_text(f'<a href="/{name}">{name}</a>')
    for variable in ("UV_FIND_LINKS", "UV_NO_INDEX", "UV_NO_CACHE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("UV_CACHE_DIR", str(project.parent / "cache"))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    step = next(s for s in plan(project, "x", git=False, install=True))
    with index(root) as address:
        monkeypatch.setenv("UV_DEFAULT_INDEX", address)
        assert run_step(step, project) == ""
    (project / "uv.lock").unlink()
    assert "no network" in run_step(step, project)
    assert (project / "uv.lock").exists()
    monkeypatch.setenv("UV_CACHE_DIR", str(project.parent / "empty"))
    (project / "uv.lock").unlink()
    with pytest.raises(SetupError) as caught:
        run_step(step, project)
    assert "connect to the network" in caught.value.hint


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_lock_that_is_stopped_leaves_nothing_for_long(
    project: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    temporary = project.parent / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    hang = "import time; from groundplan.project import lock; "
    hang += "lock._uv_lock = lambda *_, **__: time.sleep(600); "
    hang += "lock.main()"
    command = [sys.executable, "-c", hang]
    with subprocess.Popen(command, cwd=project) as process:
        deadline = time.monotonic() + 60
        while not list(temporary.glob("groundplan-lock-*/pyproject.toml")):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(number)
        process.wait(timeout=60)
    if number is signal.SIGTERM:
        assert list(temporary.iterdir()) == []
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    with scratch.temporary("template") as directory:
        assert list(temporary.iterdir()) == [directory]


def test_the_step_says_what_to_do_then(project: Path) -> None:
    (project / "pyproject.toml").write_text(
        PYPROJECT.replace("part>=1", "part>=4"), encoding="utf-8"
    )
    ours = "raise SystemExit('a file of the project was imported')"
    (project / "json.py").write_text(ours, encoding="utf-8")
    done = subprocess.run(
        lock_command(), cwd=project, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "`uv lock` takes the newest" in done.stderr


def test_a_full_disk_for_temporary_files_is_explained(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.chdir(project)
    monkeypatch.setattr(tempfile, "mkdtemp", full)
    before = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(SystemExit, match="disk for temporary files is full") as end:
            module.main()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert "TMPDIR" in str(end.value)


def test_the_constraints_are_requirements() -> None:
    assert constraints()
    assert not [line for line in constraints() if "==" not in line and "<=" not in line]
