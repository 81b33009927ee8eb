"""Fixtures that several test areas use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from tests.support.render import render, snapshot

Rendered = Callable[[Mapping[str, str]], Path]


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working tree's template, apart from the working tree."""
    return snapshot(tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="session")
def rendered(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    """Render with some answers, once for each; the result is for reading only."""
    done: dict[tuple[tuple[str, str], ...], Path] = {}

    def once(answers: Mapping[str, str]) -> Path:
        key = tuple(sorted(answers.items()))
        if key not in done:
            target = tmp_path_factory.mktemp("rendered") / "project"
            done[key] = render(source, target, answers)
        return done[key]

    return once
