"""A changed answer leaves the same project as if it had been the first answer.

For each row, one project walks through every ordered pair of its options, and after
each step equals the fresh render byte for byte, but for Copier's bookkeeping.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from tests.support.change import difference, start, switch
from tests.support.grid import Row, complete, grid
from tests.support.pairs import name_of
from tests.support.render import content, render
from tests.update.conftest import FIRST

CHOICES = [row for row in grid().values() if len(row.options) > 1]


def walk(options: list[str]) -> Iterator[str]:
    """Yield options so that every ordered pair of two occurs as two neighbours.

    That is a closed walk through the complete directed graph, found by Hierholzer.
    """
    unused = {one: [two for two in options if two != one] for one in options}
    stack, circuit = [options[0]], list[str]()
    while stack:
        if unused[stack[-1]]:
            stack.append(unused[stack[-1]].pop())
        else:
            circuit.append(stack.pop())
    yield from reversed(circuit)


def test_the_walk_takes_every_ordered_pair_once() -> None:
    for size in (2, 3, 4, 5):
        options = [str(n) for n in range(size)]
        steps = list(walk(options))
        taken = list(pairwise(steps))
        assert len(taken) == len(set(taken)) == size * (size - 1)


@pytest.mark.slow
@pytest.mark.parametrize("row", CHOICES, ids=[row.name for row in CHOICES])
def test_every_switch_equals_a_fresh_render(
    row: Row, released: Path, tmp_path: Path, report: Callable[[str], None]
) -> None:
    steps = list(walk(list(row.options)))
    answers = complete({row.name: steps[0]})
    assert answers is not None
    project = start(released, tmp_path / "project", answers, FIRST)
    fresh: dict[str, dict[str, bytes]] = {}
    for option in steps[1:]:
        wanted = complete({row.name: option}, prefer=answers)
        assert wanted is not None
        switch(project, difference(answers, wanted))
        name = name_of(wanted)
        if name not in fresh:
            target = tmp_path / f"fresh{len(fresh)}"
            fresh[name] = content(render(released, target, wanted, version=FIRST))
        assert_same(content(project), fresh[name], f"{name_of(answers)} -> {name}")
        answers = wanted
    report(f"{' -> '.join(steps)}, {len(content(project))} files")


def assert_same(found: dict[str, bytes], wanted: dict[str, bytes], step: str) -> None:
    wrong = {
        "left behind": sorted(found.keys() - wanted.keys()),
        "missing": sorted(wanted.keys() - found.keys()),
        "other content": sorted(
            name for name in found.keys() & wanted.keys() if found[name] != wanted[name]
        ),
    }
    assert found == wanted, f"{step}: { {k: v for k, v in wrong.items() if v} }"
