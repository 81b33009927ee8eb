"""Pages show what their source looks like: no step is swallowed, no list is cut."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.conftest import Rendered
from tests.support.grid import defaults
from tests.support.markdown import differences
from tests.support.pairs import alone, name_of
from tests.support.paths import ROOT, tracked_files
from tests.support.render import files

RICHEST = {
    **defaults(),
    "jobs": "celery",
    "search": "pgvector",
    "observability": "full",
    "secrets": "github",
    "backups": "nightly",
    "compliance": "pii",
}

STEPS = "1. one\n2. two:\n\n    ```sh\n    ls\n    ```\n\n3. three\n"

FAULTS = {
    "a step after a paragraph of the step before": "1. one\n\n    more\n2. two\n",
    "a list right below a paragraph": "Do this:\n- one\n- two\n",
    "a fence that is indented by three": "1. one\n\n   ```\n   ls\n   ```\n\n2. two\n",
    "a list that a fence interrupts": "1. one\n\n```sh\nls\n```\n\n2. two\n",
    "a table right below a paragraph": "So:\n| a | b |\n| --- | --- |\n| 1 | 2 |\n",
    "a list within a list that is indented by two": "- one\n  - two\n",
    "a heading right below a list": "- one\n  ## Two\n",
}


@pytest.mark.parametrize("text", FAULTS.values(), ids=FAULTS)
def test_a_page_that_shows_something_else_is_found(text: str) -> None:
    assert list(differences(text))


def test_steps_with_commands_can_be_written() -> None:
    assert not list(differences(STEPS + "\n| a |\n| --- |\n| 1 |\n"))


def test_our_own_pages_show_what_they_look_like() -> None:
    pages = [path for path in tracked_files("*.md", "docs") if path.suffix == ".md"]
    assert not [
        f"{page.relative_to(ROOT)}: {difference}"
        for page in pages
        for difference in differences(page.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("answers", [*alone(), RICHEST], ids=name_of)
def test_rendered_pages_show_what_they_look_like(
    answers: Mapping[str, str], rendered: Rendered
) -> None:
    project = rendered(answers)
    pages = [path for path in files(project) if path.suffix == ".md"]
    assert pages
    assert not [
        f"{page}: {difference}"
        for page in pages
        for difference in differences((project / page).read_text(encoding="utf-8"))
    ]
