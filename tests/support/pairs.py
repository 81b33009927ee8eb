"""Which projects the matrix builds: the smallest set in which every pair occurs.

`allpairspy` chooses the set; `covered` counts on its own what a set really covers, from
the answers that the rendered projects recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import combinations
from typing import Any

from allpairspy import AllPairs  # pyright: ignore[reportMissingTypeStubs] # has none
from tests.support.grid import (
    Answers,
    complete,
    defaults,
    feasible_pairs,
    grid,
    is_asked,
    is_possible,
)
from tests.support.layers import layers

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


@cache
def _pairwise_set() -> tuple[Answers, ...]:
    rows = list(grid().values())
    parameters = [
        list(row.options) if row.when == "true" else [*row.options, None]
        for row in rows
    ]
    tested = [[case.get(row.name) for row in rows] for case in alone()]
    chosen: Any = AllPairs(parameters, _is_possible, tested)
    cases = [
        *alone(),
        *(
            {row.name: value for row, value in zip(rows, values, strict=True) if value}
            for values in chosen
        ),
    ]
    while missing := feasible_pairs() - covered(cases):
        cases.append(_with_many_of(missing))
    return tuple(_without_needless(cases, kept=len(alone())))


def _with_many_of(pairs: AbstractSet[Pair]) -> Answers:
    """Return a project that has the first pair, and others where they fit."""
    fixed: Answers = {}
    for row, option, other, another in sorted(pairs):
        wider = {row: option, other: another, **fixed}
        agrees = wider[row] == option and wider[other] == another
        if agrees and is_possible(wider):
            fixed = wider
    answers = complete(fixed)
    assert answers is not None
    return answers


def _without_needless(cases: list[Answers], kept: int) -> list[Answers]:
    """Return the cases without those whose pairs all occur in the others."""
    needed = list(cases)
    for case in cases[kept:]:
        others = [each for each in needed if each is not case]
        if covered([case]) <= covered(others):
            needed = others
    return needed


def _has_new_source(case: Answers) -> bool:
    """Tell whether an answer that is no default writes source of the service."""
    usual = defaults()
    names = {
        f"{row}_{option}" for row, option in case.items() if usual.get(row) != option
    }
    return not names or any(
        path.startswith(("src/", "tests/"))
        for name in names & layers().keys()
        for path in layers()[name].writes
    )


def pairwise_set() -> list[Answers]:
    """Return projects that hold every possible pair, the ones of `alone` included.

    Those whose source others have too come last: most of it is proven by then.

    `allpairspy` chooses most of them. What it misses, because a choice that fits so far
    cannot be completed, is added; what the others make needless is left out.
    """
    cases = sorted(_pairwise_set(), key=_has_new_source, reverse=True)
    return [dict(case) for case in cases]
