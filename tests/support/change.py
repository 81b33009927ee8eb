"""Updating a project in tests: a newer template, or other answers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from copier import Settings, VcsRef, run_update
from tests.support.grid import Answers
from tests.support.render import commit, git, render


def start(
    template: Path, project: Path, answers: Mapping[str, Any], version: str
) -> Path:
    """Render one version of a template and commit it, as a user would."""
    render(template, project, answers, version=version)
    commit(project, "chore: start")
    return project


def switch(project: Path, answers: Mapping[str, Any], *, quiet: bool = True) -> None:
    """Change answers and nothing else, and commit the result."""
    _update(project, answers, VcsRef.CURRENT, quiet=quiet)
    commit(project, "chore: switch")


def update(project: Path, version: str) -> None:
    """Bring the project to a version of its template; leaves it uncommitted."""
    _update(project, {}, version)


def _update(
    project: Path,
    answers: Mapping[str, Any],
    version: str | VcsRef,
    *,
    quiet: bool = True,
) -> None:
    run_update(
        project,
        data=dict(answers),
        vcs_ref=version,
        defaults=True,
        overwrite=True,
        quiet=quiet,
        unsafe=False,
        settings=Settings(),
    )


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> Answers:
    """Return the answers that lead from one to the other."""
    return {row: option for row, option in after.items() if before.get(row) != option}


def changed(project: Path) -> str:
    """Return what Git says has changed since the last commit."""
    return git(project, "status", "--porcelain", "--untracked-files=all")
