"""The tree in the docstring is the tree of the classes."""

from __future__ import annotations

import re

from groundplan import errors
from groundplan.errors import GroundplanError

LINE = re.compile(r"^(?P<branch>[│├└─ ]*)(?P<name>\w+)\s*(?P<code>\d+)?")


def drawn() -> dict[str, tuple[str, int]]:
    """Each class of the docstring with its parent and exit code."""
    found: dict[str, tuple[str, int]] = {}
    above: list[tuple[str, int]] = []
    for line in (errors.__doc__ or "").splitlines():
        match = LINE.match(line)
        if match is None or not match["name"].endswith("Error"):
            continue
        depth = len(match["branch"]) // 4
        parent, inherited = above[depth - 1] if depth else ("Exception", 0)
        code = int(match["code"] or inherited)
        above[depth:] = [(match["name"], code)]
        found[match["name"]] = (parent, code)
    return found


def test_the_docstring_draws_the_classes() -> None:
    classes = [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, GroundplanError)
    ]
    actual = {
        kind.__name__: (kind.__mro__[1].__name__, kind.exit_code) for kind in classes
    }
    assert drawn() == actual


def test_every_exit_code_is_above_zero() -> None:
    assert all(code > 0 for _, code in drawn().values())
