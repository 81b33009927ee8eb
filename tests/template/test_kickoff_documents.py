"""The kickoff documents are true for what was picked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

import pytest
from tests.conftest import Rendered
from tests.support.grid import blocks, grid, questions
from tests.support.layers import resources
from tests.support.pairs import alone, name_of

FEATURES = {"product", "work", "operations"}
"""Groups of rows whose options do something while the service runs."""


@pytest.mark.parametrize("answers", alone(), ids=name_of)
def test_scope_analysis_says_what_each_library_is_for(
    answers: Mapping[str, str], rendered: Rendered
) -> None:
    project = rendered(answers)
    page = (project / "docs/kickoff/scope-analysis.md").read_text()
    table = page.partition("## Dependencies")[2]
    rows = re.findall(r"^\| (\w\S+) \| (.+?) \| .+ \| .+ \|$", table, re.M)
    settings = tomllib.loads((project / "pyproject.toml").read_text())
    required = [
        re.split(r"[^A-Za-z0-9._-]", each)[0]
        for each in settings["project"]["dependencies"]
    ]
    assert sorted(name for name, _ in rows if name != "library") == sorted(required)
    purposes = [purpose for name, purpose in rows if name != "library"]
    assert len(set(purposes)) >= len(purposes) - 1, "one phrase for many"


def test_what_runs_and_who_is_told_depends_on_what_was_picked(
    rendered: Rendered,
) -> None:
    def scope(**answers: str) -> str:
        page = rendered(answers) / "docs/kickoff/scope-analysis.md"
        return " ".join(page.read_text().split())

    plain, jobs, watched = scope(), scope(jobs="celery"), scope(observability="full")
    assert "A worker takes the tasks" not in plain
    assert "A worker takes the tasks" in jobs
    assert "AMQP to RabbitMQ" in jobs
    assert "nobody is told by itself" in plain
    assert "nobody is told by itself" not in watched
    assert "Alertmanager tells people" in watched


def test_grid_names_the_day_of_the_first_restore_drill(rendered: Rendered) -> None:
    saved = rendered({"jobs": "apscheduler", "backups": "nightly"})
    assert "restore drill date: 2026-02-01," in (saved / "docs/grid.md").read_text()
    assert "restore drill" not in (rendered({}) / "docs/grid.md").read_text().lower()


def test_every_feature_has_its_risks() -> None:
    """An option has them itself, or with a resource that it brings."""
    without = [
        f"{row.name}={option.name}"
        for row in grid().values()
        if questions()[row.name]["x_group"] in FEATURES
        for option in row.options.values()
        if option.writes
        and not any(
            "risks" in blocks()[name]
            for name in (
                option.folder,
                *(f"needs_{each}" for each in resources() & set(option.brings)),
            )
        )
    ]
    assert not without
