"""A rendered default project with its environment, shared by the tests that use it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.support.build import alone_in, install, use_environment
from tests.support.render import commit, render


@pytest.fixture(scope="session")
def installed(source: Path, run_folder: Path) -> Path:
    """The default project, installed and committed, once for all workers."""
    project = run_folder / "installed" / "project"
    with alone_in(project.parent, "install"):
        if not (project.parent / "done").exists():
            environment = run_folder / "environments" / "installed"
            build = install(render(source, project, {}), run_folder, environment)
            assert build.ok, build.tail()
            (project.parent / "done").touch()
    return project


@pytest.fixture
def workplace(installed: Path, run_folder: Path, tmp_path: Path) -> Path:
    """A copy of that project to spoil; it shares the environment."""
    copy = run_folder / "spoiled" / tmp_path.name / "project"
    ignored = shutil.ignore_patterns(".venv", ".git", "__pycache__")
    shutil.copytree(installed, copy, ignore=ignored)
    use_environment(copy, (installed / ".venv").resolve())
    commit(copy, "chore: start")
    return copy
