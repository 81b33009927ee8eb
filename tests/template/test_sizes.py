"""Functions stay short: 95 of 100 have at most 30 lines, here and in the template."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from tests.support.paths import tracked_files

LONGEST = 30
SHARE = 0.95

FUNCTION = re.compile(
    r"^(?P<indent> *)(?:async )?def (?P<name>\w+).*\n"
    r"(?:(?:(?P=indent)(?: |\)).*)?\n)*",
    re.MULTILINE,
)
"""By the text, as the template may use syntax that is newer than our Python."""


def functions(files: Iterable[Path]) -> Iterator[tuple[int, str]]:
    """Yield each function's number of lines and its place, those inside others too."""
    for path in files:
        text = path.read_text()
        position = 0
        while found := FUNCTION.search(text, position):
            lines = found.group().rstrip().count("\n") + 1
            yield lines, f"{path.name}: {found['name']}, {lines} lines"
            position = text.index("\n", found.start())


def too_long(files: Iterable[Path]) -> list[str]:
    """Return the places of the long functions if they are more than a few."""
    found = sorted(functions(files))
    if found[math.ceil(SHARE * len(found)) - 1][0] <= LONGEST:
        return []
    return [place for lines, place in found if lines > LONGEST]


@pytest.mark.parametrize("folder", ["src", "template"])
def test_functions_are_short(folder: str) -> None:
    assert not too_long(path for path in tracked_files(folder) if path.suffix == ".py")


def test_long_functions_are_found(tmp_path: Path) -> None:
    short = "def short(\n    a: int,\n) -> int:\n    return a\n\n\n"
    long = "class A:\n    async def long(self) -> None:\n" + "        pass\n" * LONGEST
    file = tmp_path / "both.py"
    file.write_text(short * 19 + long)
    assert [lines for lines, _ in functions([file])] == [4] * 19 + [31]
    assert not too_long([file])
    file.write_text(short * 18 + long)
    assert too_long([file]) == ["both.py: long, 31 lines"]
