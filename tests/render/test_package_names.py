"""Rendered code is formatted and in order whatever the package is called."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.conftest import Rendered
from tests.support.pairs import alone, name_of
from tests.support.tools import execute, tool

SHORT = "ab"
LONG = "p23456789_223456789_323456789_12"


@pytest.mark.slow
@pytest.mark.parametrize("answers", alone(), ids=name_of)
@pytest.mark.parametrize("package", [SHORT, LONG], ids=["2", "32"])
def test_style_holds_for_short_and_long_names(
    package: str, answers: Mapping[str, str], rendered: Rendered
) -> None:
    project = rendered({**answers, "package": package, "project_name": package})
    for command in (["format", "--check", "--diff"], ["check"]):
        done = execute(project, tool("ruff"), *command, "--no-cache")
        assert done.returncode == 0, done.stdout[-4000:]


def test_the_long_name_is_as_long_as_allowed() -> None:
    assert len(LONG) == 32
