"""Groundplan's own template on the oldest and the newest Copier, without trust."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.contract.conftest import Copier
from tests.support.grid import Answers, complete
from tests.support.pairs import name_of
from tests.support.render import KICKOFF, commit, content, git, render, snapshot

from groundplan.grid.load import load_grid
from groundplan.grid.model import Row

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working tree's template as a repository with one release."""
    folder = snapshot(tmp_path_factory.mktemp("contract") / "template")
    commit(folder, "feat: first release")
    git(folder, "tag", "v1.0.0")
    return folder


def data(answers: Answers) -> list[str]:
    return [f"--data={name}={value}" for name, value in answers.items()]


@pytest.mark.parametrize(
    "answers",
    [complete({}), complete({"db": "none"}), complete({"type_checker": "mypy"})],
    ids=name_of,
)
def test_every_supported_copier_renders_the_same_bytes(
    answers: Answers, template: Path, source: Path, copier: Copier, tmp_path: Path
) -> None:
    theirs = tmp_path / "theirs"
    arguments = ["--defaults", "--quiet", *data({**KICKOFF, **answers})]
    done = copier("copy", *arguments, template, theirs, where=tmp_path)
    assert done.returncode == 0, done.stdout
    assert content(theirs) == content(render(source, tmp_path / "ours", answers))


def test_every_supported_copier_switches_to_the_same_bytes(
    template: Path, source: Path, copier: Copier, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    start = ["--defaults", "--quiet", *data(KICKOFF)]
    done = copier("copy", *start, template, project, where=tmp_path)
    assert done.returncode == 0, done.stdout
    commit(project, "chore: start")
    answers = complete({"licence": "mit", "type_checker": "mypy"})
    assert answers is not None
    change = ["--defaults", "--vcs-ref=:current:", *data(answers)]
    done = copier("update", *change, where=project)
    assert done.returncode == 0, done.stdout
    assert content(project) == content(render(source, tmp_path / "ours", answers))


def test_an_impossible_pair_is_refused_with_its_reason(
    template: Path, copier: Copier, tmp_path: Path
) -> None:
    arguments = ["--defaults", *data({"api": "fastapi", "db": "none"})]
    done = copier("copy", *arguments, template, tmp_path / "project", where=tmp_path)
    assert done.returncode != 0
    assert "keeps its documents" in done.stdout


def test_a_project_that_nobody_owns_says_so(
    template: Path, copier: Copier, tmp_path: Path
) -> None:
    done = copier("copy", "--defaults", template, tmp_path / "nobodys", where=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "Nobody owns it yet" in done.stdout
    assert "--data=owner=@you" in done.stdout
    owned = ("--defaults", "--data=owner=@me")
    done = copier("copy", *owned, template, tmp_path / "mine", where=tmp_path)
    assert "Nobody owns it yet" not in done.stdout


def test_a_release_is_found_without_a_word(
    template: Path, copier: Copier, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    copy = ("copy", "--defaults", "--data=owner=@me")
    done = copier(*copy, template, project, where=tmp_path)
    assert "No git tags" not in done.stdout
    commit(project, "chore: start")
    done = copier("update", "--defaults", where=project)
    assert done.returncode == 0, done.stdout
    assert "No git tags" not in done.stdout


def test_a_row_with_one_option_is_not_asked(template: Path, tmp_path: Path) -> None:
    """On the Copier that comes with Groundplan; older ones ask."""
    settled = [f"--data={each.name}={each.default}" for each in choices()]
    fields = ("project_name=Demo", "package=demo", "description=x", "owner=@me")
    given = [f"--data={each}" for each in (*fields, "kickoff_date=2026-01-31")]
    command = [sys.executable, "-m", "copier", "copy", *settled, *given, "--quiet"]
    command.append("--data=reasons={}")
    done = subprocess.run(
        [*command, str(template), str(tmp_path / "project")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    answers = (tmp_path / "project" / ".copier-answers.yml").read_text()
    assert "web: none" in answers


def choices() -> list[Row]:
    """The rows with something to choose, of those that the defaults ask."""
    return [row for row in load_grid().rows if row.is_choice]
