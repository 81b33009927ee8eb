"""What the grid says of a part is used, and an option stays in its place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from tests.support.layers import layers
from tests.support.paths import tracked_files

from groundplan.grid.load import load_grid
from groundplan.grid.model import Option, Part, Row

READ = re.compile(r"""(?:table|pairs|sentences|lines_of|pages)\("(\w+)"|\bpart\.([a-z]+)\b""")
OF_THE_GRID = set(Option.model_fields) - set(Part.model_fields)
"""What the questions, `explain` and the rules read of an option, no template."""

MOST_FRAGMENTS = 57
"""Of one folder."""


def test_templates_read_every_entry_of_a_part_and_no_other() -> None:
    read = {
        name
        for path in tracked_files("template")
        if "_macros" in path.parts or "_macros/parts" in path.read_text()
        for found in READ.findall(path.read_text())
        for name in found
        if name
    }
    assert read == set(Part.model_fields) - {"title"}


def test_each_entry_is_there_for_some_part() -> None:
    grid = load_grid()
    options = [option for row in grid.rows for option in row.options.values()]
    parts: list[Part] = [*grid.shared.values(), *options]
    empty = [
        name
        for name in Part.model_fields
        if not any(getattr(part, name) for part in parts)
    ]
    assert not empty


def test_an_option_that_writes_nothing_says_nothing_in_shared_files() -> None:
    said = [
        f"{row.name}={name}: {sorted(entries)}"
        for row in load_grid().rows
        for name, option in row.options.items()
        if not option.writes and (entries := _entries(option))
    ]
    assert not said


def _entries(option: Option) -> set[str]:
    return option.model_fields_set & (set(Part.model_fields) - {"title"})


def test_rows_and_parts_share_no_name_of_an_entry() -> None:
    assert not set(Row.model_fields) & (set(Part.model_fields) - {"title"})
    assert OF_THE_GRID == {"pick", "upgrade", "measure", "needs", "brings", "writes"}


def test_fragments_stay_few(report: Callable[[str], None]) -> None:
    fragments = {name: len(layer.fragments) for name, layer in layers().items()}
    owners = Counter(slot for layer in layers().values() for slot in layer.fragments)
    alone = sorted(slot for slot, count in owners.items() if count == 1)
    report(f"{sum(fragments.values())} fragments, {len(alone)} slots of one owner")
    assert {n: c for n, c in fragments.items() if c > MOST_FRAGMENTS} == {}
