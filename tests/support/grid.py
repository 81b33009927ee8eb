"""The selection grid as the tests see it.

Read from the row files directly and not through `groundplan.grid`, so that a mistake in
the loader cannot hide itself. The rules are evaluated here a second time, in Python, to
compare them with what Copier's validators do in Jinja.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

import jinja2
import yaml
from tests.support.paths import GRID, RESOURCES, ROOT, ROWS

Answers = dict[str, str]
"""One option for each row that is asked."""


@dataclass(frozen=True)
class Rule:
    """Answers that an option needs in another row."""

    row: str
    options: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Option:
    """One answer of a row."""

    row: str
    name: str
    writes: bool
    brings: tuple[str, ...]
    needs: tuple[Rule, ...]

    @property
    def folder(self) -> str:
        """The name that the option's template folder must have."""
        return f"{self.row}_{self.name}"


@dataclass(frozen=True)
class Row:
    """One question of the grid."""

    name: str
    default: str
    when: str
    options: Mapping[str, Option]


Questions = Mapping[str, Mapping[str, Any]]
"""The rows as they stand in their files."""


def _rules(facts: Mapping[str, Any], questions: Questions) -> tuple[Rule, ...]:
    """Return which options of which row bring what is needed."""
    found: list[Rule] = []
    for capability, why in facts.get("needs", {}).items():
        for row, question in questions.items():
            options = question["x_options"].items()
            bring = [name for name, o in options if capability in o.get("brings", [])]
            if bring:
                found.append(Rule(row, tuple(bring), why))
    return tuple(found)


def needed_capabilities() -> Mapping[str, set[str]]:
    """Return what some option needs, and the rows of which an option brings it."""
    rows = questions().items()
    options = [(name, o) for name, row in rows for o in row["x_options"].values()]
    return {
        capability: {name for name, o in options if capability in o.get("brings", [])}
        for _, facts in options
        for capability in facts.get("needs", {})
    }


@cache
def questions() -> Questions:
    """Return the rows' files, in grid order."""
    found: dict[str, Mapping[str, Any]] = {}
    for file in row_order():
        found.update(yaml.safe_load((ROWS / file).read_text()))
    return found


def row_order() -> list[str]:
    """Return the file names in copier.yml's `grid` list, in its order."""
    text = (ROOT / "copier.yml").read_text()
    return re.findall(r"^ +- !include src/groundplan/grid/rows/(\S+)$", text, re.M)


@cache
def blocks() -> Mapping[str, Mapping[str, Any]]:
    """Return what the grid's files say of each part, by the name of its folder."""
    found: dict[str, Mapping[str, Any]] = {
        f"{name}_{option}": block
        for name, question in questions().items()
        for option, block in question["x_options"].items()
    }
    for file in RESOURCES.iterdir():
        for name, block in yaml.safe_load(file.read_text()).items():
            found[f"needs_{name}"] = block
    found.update(yaml.safe_load((GRID / "base.yml").read_text()))
    return found


@cache
def grid() -> Mapping[str, Row]:
    """Return every row by its name, in grid order."""
    rows: dict[str, Row] = {}
    for name, question in questions().items():
        options = {
            option: Option(
                row=name,
                name=option,
                writes=facts.get("writes", True),
                brings=tuple(facts.get("brings", [])),
                needs=_rules(facts, questions()),
            )
            for option, facts in question["x_options"].items()
        }
        when = str(question.get("when", "true"))
        rows[name] = Row(name, question["default"], when, options)
    return rows


def reason(one: Option, two: Option) -> str | None:
    """Return why two options cannot stand together, or None when they can."""
    for this, that in ((one, two), (two, one)):
        for rule in this.needs:
            if rule.row == that.row and that.name not in rule.options:
                return rule.why
    return None


def chosen(answers: Mapping[str, str]) -> list[Option]:
    """Return the options that the answers select, in grid order."""
    return [row.options[answers[n]] for n, row in grid().items() if n in answers]


def is_asked(row: Row, answers: Mapping[str, str]) -> bool:
    """Tell whether Copier asks the row after these answers to earlier rows."""
    if row.when == "true":
        return True
    expression = jinja2.Environment(
        undefined=jinja2.StrictUndefined, autoescape=True
    ).compile_expression(row.when.removeprefix("{{").removesuffix("}}").strip())
    return bool(expression(**answers))


def asked(answers: Mapping[str, str]) -> Answers:
    """Return the answers without those to rows that the others leave unasked."""
    kept: Answers = {}
    for name, row in grid().items():
        if name in answers and is_asked(row, kept):
            kept[name] = answers[name]
    return kept


def conflicts(answers: Mapping[str, str]) -> list[tuple[Option, Option]]:
    """Return the pairs of chosen options that cannot stand together."""
    pairs = combinations(chosen(answers), 2)
    return [(one, two) for one, two in pairs if reason(one, two) is not None]


def defaults() -> Answers:
    """Return the grid's own answers."""
    return asked({name: row.default for name, row in grid().items()})


def complete(
    fixed: Mapping[str, str], prefer: Mapping[str, str] | None = None
) -> Answers | None:
    """Return the possible answers with `fixed` that differ least from `prefer`.

    Returns None when no possible answers hold all of `fixed`. Without `prefer`, the
    defaults are preferred.
    """
    rows = tuple(grid().values())
    liked = {**defaults(), **(prefer or {})}
    for changes in range(len(rows) + 1):
        found = _search(rows, fixed, liked, {}, changes)
        if found is not None:
            return found
    return None


def is_possible(fixed: Mapping[str, str]) -> bool:
    """Tell whether some project has all of these answers."""
    rows = tuple(grid().values())
    return _search(rows, fixed, {}, {}, len(rows)) is not None


def _search(
    rows: tuple[Row, ...],
    fixed: Mapping[str, str],
    liked: Mapping[str, str],
    so_far: Answers,
    changes: int,
) -> Answers | None:
    if not rows:
        return so_far
    row, rest = rows[0], rows[1:]
    if not is_asked(row, so_far):
        if row.name in fixed:
            return None
        return _search(rest, fixed, liked, so_far, changes)
    preferred = liked.get(row.name, row.default)
    others = [name for name in row.options if name != preferred]
    options = [fixed[row.name]] if row.name in fixed else [preferred, *others]
    for option in options:
        cost = int(option != preferred and row.name not in fixed)
        extended = {**so_far, row.name: option}
        if cost > changes or conflicts(extended):
            continue
        found = _search(rest, fixed, liked, extended, changes - cost)
        if found is not None:
            return found
    return None


def feasible_pairs() -> frozenset[tuple[str, str, str, str]]:
    """Return every pair of options of two rows that some project can have."""
    found: set[tuple[str, str, str, str]] = set()
    for one, two in combinations(grid().values(), 2):
        for left in one.options:
            for right in two.options:
                if is_possible({one.name: left, two.name: right}):
                    found.add((one.name, left, two.name, right))
    return frozenset(found)
