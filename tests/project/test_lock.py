"""The lock file: the versions that were tested, and no trace of how they got there."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from groundplan.project import lock as module
from groundplan.project.lock import constraints, lock
from groundplan.project.setup import lock_command, uv_binary

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


def test_the_constraints_are_requirements() -> None:
    assert constraints()
    assert not [line for line in constraints() if "==" not in line and "<=" not in line]
