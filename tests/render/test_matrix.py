"""Every option alone and every pair of options: the rendered project passes its checks.

The projects come from the grid itself. Each one is a Git repository with a commit and
runs its own `uv run just check`: style, types, tests against a real PostgreSQL, and
whatever else the project holds itself to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml
from tests.conftest import Rendered
from tests.support.build import build_once
from tests.support.grid import feasible_pairs, grid
from tests.support.pairs import alone, covered, name_of, pairwise_set
from tests.support.render import render

CASES = pairwise_set()


@pytest.mark.slow
@pytest.mark.parametrize("answers", CASES, ids=name_of)
def test_project_passes_its_own_checks(
    answers: Mapping[str, str],
    source: Path,
    run_folder: Path,
    report: Callable[[str], None],
) -> None:
    target = run_folder / "matrix" / name_of(answers).replace("=", "-") / "project"
    project = render(source, target, answers)
    build = build_once(project, run_folder, covered=answers in alone())
    report(build.summary())
    assert build.ok, build.tail()


@pytest.mark.slow
def test_the_matrix_covers_every_possible_pair(
    rendered: Rendered, report: Callable[[str], None]
) -> None:
    """Counted from what the projects recorded, not from what was asked of them."""
    recorded: list[dict[str, str]] = []
    for case in CASES:
        text = (rendered(case) / ".copier-answers.yml").read_text()
        answers: dict[str, str] = yaml.safe_load(text)
        recorded.append({row: answers[row] for row in grid() if row in answers})
    possible = feasible_pairs()
    found = covered(recorded)
    assert possible - found == set(), "never built together"
    assert found - possible == set(), "built although the grid forbids it"
    report(f"{len(CASES)} projects, {len(found)} of {len(possible)} possible pairs")


def test_every_option_is_in_the_matrix() -> None:
    built = {(row, value) for case in CASES for row, value in case.items()}
    assert built == {(row.name, o) for row in grid().values() for o in row.options}
