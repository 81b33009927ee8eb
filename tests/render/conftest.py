"""A rendered default project with its environment, shared by the tests that use it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.support.build import alone_in, install
from tests.support.render import commit, render


@pytest.fixture(scope="session")
def installed(source: Path, run_folder: Path) -> Path:
    """The default project, installed and committed, once for all workers."""
    project = run_folder / "installed" / "project"
    with alone_in(project.parent, "install"):
        if not (project.parent / "done").exists():
            build = install(render(source, project, {}), run_folder / "locks")
            assert build.ok, build.tail()
            (project.parent / "done").touch()
    return project


@pytest.fixture
def workplace(installed: Path, run_folder: Path, tmp_path: Path) -> Path:
    """A copy of that project to spoil; it shares the environment."""
    copy = run_folder / "spoiled" / tmp_path.name / "project"
    ignored = shutil.ignore_patterns(".venv", ".git", "__pycache__")
    shutil.copytree(installed, copy, ignore=ignored)
    (copy / ".venv").symlink_to(installed / ".venv", target_is_directory=True)
    commit(copy, "chore: start")
    return copy
