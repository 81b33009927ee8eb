"""Groundplan's own template on the oldest and the newest Copier, without trust."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.contract.conftest import Copier
from tests.support.grid import Answers, complete
from tests.support.pairs import name_of
from tests.support.render import KICKOFF, commit, content, git, render, snapshot

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
