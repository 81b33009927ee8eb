"""A newer template reaches a project, and never costs a user's work silently."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tests.support.change import changed, start, switch, update
from tests.support.grid import complete, defaults
from tests.support.render import commit, content, git, render
from tests.update.conftest import FIRST, SECOND

pytestmark = pytest.mark.slow

MINE = "\nA paragraph of our own.\n"


@pytest.fixture
def project(released_again: Path, tmp_path: Path) -> Path:
    """A project of the template's first release."""
    return start(released_again, tmp_path / "project", {}, FIRST)


def test_an_updated_project_equals_a_fresh_one(
    project: Path, released_again: Path, tmp_path: Path
) -> None:
    update(project, SECOND)
    fresh = render(released_again, tmp_path / "fresh", {}, version=SECOND)
    assert content(project) == content(fresh)
    assert (project / "ADDED.md").exists()
    assert not (project / "REMOVED.md").exists()


def test_the_version_is_recorded(project: Path) -> None:
    update(project, SECOND)
    answers = yaml.safe_load((project / ".copier-answers.yml").read_text())
    assert answers["_commit"] == SECOND


def test_an_update_to_the_same_version_changes_nothing(project: Path) -> None:
    update(project, FIRST)
    assert changed(project) == ""


def test_edits_away_from_the_templates_changes_survive(project: Path) -> None:
    readme = project / "README.md"
    title, rest = readme.read_text().split("\n", 1)
    readme.write_text(f"{title}\n{MINE}{rest}")
    (project / "src" / "own.py").write_text('"""Ours."""\n')
    commit(project, "docs: our own words")
    update(project, SECOND)
    text = readme.read_text()
    assert MINE in text
    assert "## Second release" in text
    assert "<<<<<<<" not in text
    assert (project / "src" / "own.py").exists()


def test_an_edit_in_the_same_place_conflicts_visibly(project: Path) -> None:
    readme = project / "README.md"
    readme.write_text(readme.read_text() + "\n## Our own last section\n\nWords.\n")
    commit(project, "docs: a section of our own")
    update(project, SECOND)
    text = readme.read_text()
    assert "## Our own last section" in text
    assert "## Second release" in text
    assert "<<<<<<<" in text, "both changed the end of the file"
    assert "UU README.md" in changed(project)


def test_an_answer_that_no_longer_fits_is_reset_where_it_can_be_seen(
    released: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Copier refuses what it is given alone; what it remembers, it drops."""
    answers = complete({"backups": "nightly"})
    assert answers is not None
    project = start(released, tmp_path / "project", answers, FIRST)
    switch(project, {"jobs": "none"}, quiet=False)
    assert "git diff .copier-answers.yml" in capsys.readouterr().err
    shown = git(project, "show", "--", ".copier-answers.yml").splitlines()
    assert {"-backups: nightly", "+backups: none"} <= set(shown)


def test_a_file_of_the_users_own_survives_a_switch(
    released: Path, tmp_path: Path
) -> None:
    project = start(released, tmp_path / "project", {}, FIRST)
    (project / "LICENSE-THIRD-PARTY").write_text("Notices.\n")
    readme = project / "README.md"
    readme.write_text(readme.read_text() + MINE)
    commit(project, "docs: our own words")
    switch(project, {"licence": "mit"})
    assert (project / "LICENSE-THIRD-PARTY").read_text() == "Notices.\n"
    assert readme.read_text().endswith(MINE)
    assert "MIT License" in (project / "LICENSE").read_text()


def test_an_edited_file_of_a_deselected_option_stays_in_the_history(
    released: Path, tmp_path: Path
) -> None:
    """Copier removes it; the commit before the switch still has the user's edit."""
    without = complete({"db": "none"}, prefer=defaults())
    assert without is not None
    project = start(released, tmp_path / "project", {}, FIRST)
    edited = next(project.glob("migrations/env.py"))
    name = edited.relative_to(project).as_posix()
    edited.write_text(edited.read_text() + "\n# Ours.\n")
    commit(project, "chore: our own edit")
    switch(project, {row: without.get(row) for row in ("api", "db")})
    assert not edited.exists()
    assert "# Ours." in git(project, "show", f"HEAD~1:{name}")
