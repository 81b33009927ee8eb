"""Copier's own plugin for pytest renders the template too."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_copie.plugin import Copie
from tests.support.grid import Answers
from tests.support.pairs import alone, name_of
from tests.support.render import KICKOFF, content, render


@pytest.mark.slow
@pytest.mark.parametrize("answers", alone()[:3], ids=name_of)
def test_copie_renders_the_same_project(
    answers: Answers, copie: Copie, source: Path, tmp_path: Path
) -> None:
    result = copie.copy({**KICKOFF, **answers}, source)  # pyright: ignore[reportUnknownMemberType] # its own dict is bare
    assert result.exception is None
    assert result.project_dir is not None
    ours = render(source, tmp_path / "project", answers)
    assert content(result.project_dir) == content(ours)
