"""Which projects the matrix builds: the smallest set in which every pair occurs.

`allpairspy` chooses the set; `covered` counts on its own what a set really covers, from
the answers that the rendered projects recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import combinations
from typing import Any

from allpairspy import AllPairs  # pyright: ignore[reportMissingTypeStubs] # has none
from tests.support.grid import Answers, complete, defaults, grid, is_asked, is_possible

Pair = tuple[str, str, str, str]

Values = tuple[str | None, ...]
"""An option for each of the first rows; None where the row is not asked."""


def name_of(answers: Mapping[str, str]) -> str:
    """Return the answers that are not defaults, as a test's name."""
    usual = defaults()
    special = [f"{row}={o}" for row, o in answers.items() if usual.get(row) != o]
    return ",".join(special) or "defaults"


def alone() -> list[Answers]:
    """Return the defaults, and for each other option the nearest possible answers."""
    cases = [defaults()]
    for row in grid().values():
        for option in row.options:
            answers = complete({row.name: option})
            if answers is not None and answers not in cases:
                cases.append(answers)
    return cases


def covered(projects: Iterable[Mapping[str, str]]) -> set[Pair]:
    """Return the pairs of options that occur together in some project."""
    rows = list(grid())
    found: set[Pair] = set()
    for answers in projects:
        present = [(row, answers[row]) for row in rows if row in answers]
        found.update((*one, *two) for one, two in combinations(present, 2))
    return found


@cache
def _possible(fixed: Values) -> bool:
    answers: Answers = {}
    for row, option in zip(grid().values(), fixed, strict=False):
        if is_asked(row, answers) != (option is not None):
            return False
        if option is not None:
            answers[row.name] = option
    return is_possible(answers)


def _is_possible(values: list[str | None]) -> bool:
    return _possible(tuple(values))


def pairwise_set() -> list[Answers]:
    """Return projects that hold every possible pair, the ones of `alone` included."""
    rows = list(grid().values())
    parameters = [
        list(row.options) if row.when == "true" else [*row.options, None]
        for row in rows
    ]
    tested = [[case.get(row.name) for row in rows] for case in alone()]
    chosen: Any = AllPairs(parameters, _is_possible, tested)
    further = [
        {row.name: option for row, option in zip(rows, values, strict=True) if option}
        for values in chosen
    ]
    return [*alone(), *(case for case in further if case not in alone())]
