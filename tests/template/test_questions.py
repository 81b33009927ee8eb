"""copier.yml asks every row once, and its validators refuse what the grid forbids."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest

from tests.support.grid import (
    Option,
    asked,
    complete,
    conflicts,
    defaults,
    grid,
    needed_capabilities,
    reason,
    row_order,
)
from tests.support.layers import resources
from tests.support.paths import ROOT, ROWS
from tests.support.pairs import name_of, pairwise_set
from tests.support.render import render, snapshot

QUESTION = re.compile(r"^!include src/groundplan/grid/rows/(\S+)$", re.M)


def test_grid_and_questions_include_every_row_once_in_one_order() -> None:
    text = (ROOT / "copier.yml").read_text()
    assert row_order() == QUESTION.findall(text)
    assert sorted(row_order()) == sorted(path.name for path in ROWS.iterdir())


def test_what_is_needed_is_brought_by_options_of_one_row_that_is_always_asked() -> None:
    """Then the later of two rows can tell whether they fit."""
    for capability, rows in needed_capabilities().items():
        assert len(rows) == 1, capability
        assert grid()[rows.pop()].when == "true", capability


def test_each_resource_is_brought_and_included_once() -> None:
    text = (ROOT / "copier.yml").read_text()
    included = re.findall(r"!include src/groundplan/grid/resources/(\S+)\.yml$", text, re.M)
    assert sorted(included) == sorted(resources())
    brought = {b for row in grid().values() for o in row.options.values() for b in o.brings}
    assert resources() <= brought


def test_every_option_can_be_chosen() -> None:
    alone = {
        (row.name, name): complete({row.name: name})
        for row in grid().values()
        for name in row.options
    }
    assert not [which for which, answers in alone.items() if answers is None]


def test_the_defaults_are_possible() -> None:
    assert not conflicts(defaults())


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The questions without the template: enough to see what they accept."""
    return snapshot(tmp_path_factory.mktemp("questions"), with_template=False)


def _with_this_conflict_alone(one: Option, two: Option) -> dict[str, str] | None:
    """Return answers in which these two are the one impossible pair."""
    pair = {one.row: one.name, two.row: two.name}
    for lead, other in ((one, two), (two, one)):
        around = complete({lead.row: lead.name})
        if around is None:
            continue
        answers = asked({**around, **pair})
        if pair.items() <= answers.items() and conflicts(answers) == [(one, two)]:
            return answers
        rest = complete({lead.row: lead.name}, prefer=_friendly_to(other))
        answers = asked({**(rest or {}), **pair})
        if pair.items() <= answers.items() and conflicts(answers) == [(one, two)]:
            return answers
    return None


def _friendly_to(option: Option) -> dict[str, str]:
    return complete({option.row: option.name}) or {}


FORBIDDEN = [
    (one, two)
    for first, second in combinations(grid().values(), 2)
    for one in first.options.values()
    for two in second.options.values()
    if reason(one, two) is not None
]


@pytest.mark.parametrize(
    ("one", "two"),
    FORBIDDEN,
    ids=[f"{a.row}={a.name},{b.row}={b.name}" for a, b in FORBIDDEN],
)
def test_an_impossible_pair_is_refused_with_its_reason(
    one: Option, two: Option, questions: Path, tmp_path: Path
) -> None:
    answers = _with_this_conflict_alone(one, two) or {
        **(complete({one.row: one.name}) or {}),
        two.row: two.name,
    }
    why = reason(one, two)
    assert why
    with pytest.raises(ValueError, match=re.escape(why)):
        render(questions, tmp_path / "project", answers)
    assert not list(tmp_path.glob("project/*"))


@pytest.mark.parametrize("answers", pairwise_set(), ids=name_of)
def test_every_possible_pair_is_accepted(
    answers: dict[str, str], questions: Path, tmp_path: Path
) -> None:
    assert render(questions, tmp_path / "project", answers).exists()
