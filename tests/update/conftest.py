"""A template with versions, for updates and switches."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.render import commit, git, snapshot

FIRST = "v1.0.0"
SECOND = "v1.1.0"


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working tree's template as a repository with one release."""
    folder = snapshot(tmp_path_factory.mktemp("released") / "template")
    commit(folder, "feat: first release")
    git(folder, "tag", FIRST)
    return folder


@pytest.fixture(scope="session")
def released_again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template with two releases: a file added, one changed, one removed."""
    folder = snapshot(tmp_path_factory.mktemp("again") / "template")
    base = folder / "template" / "{{ use.base }}"
    (base / "REMOVED.md").write_text("# Removed by the second release\n")
    commit(folder, "feat: first release")
    git(folder, "tag", FIRST)
    (base / "REMOVED.md").unlink()
    (base / "ADDED.md").write_text("# Added by the second release\n")
    with (base / "README.md.jinja").open("a") as readme:
        readme.write("\n## Second release\n\nOf {{ project_name }}.\n")
    commit(folder, "feat: second release")
    git(folder, "tag", SECOND)
    return folder
