"""A template with versions, for updates and switches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from copier._main import Worker
from jinja2 import Environment
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


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Let Jinja compile each text once in this process.

    An update renders the project three times, and Copier compiles every part of every
    path anew each time: that is a third of its time, and the same code every time.
    """
    compile_ = Environment.compile
    known: dict[tuple[object, ...], object] = {}

    def once(
        self: Environment,
        source: str,
        name: str | None = None,
        filename: str | None = None,
    ) -> object:
        options = (type(self), self.keep_trailing_newline)
        key = (*options, source, name, filename)
        if key not in known:
            known[key] = compile_(self, source, name, filename)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Environment, "compile", once)
        yield


@pytest.fixture(scope="session", autouse=True)
def index_left_alone() -> Iterator[None]:
    """Spare a `git config` process for each file that Copier writes.

    It asks whether Git obeys the modes on disk, and does nothing if so, which is the
    case wherever a test makes a repository on Linux.
    """

    def nothing(worker: Worker, path: Path, mode: int) -> None:
        del worker, path, mode

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Worker, "_sync_git_index_executable_bit", nothing)
        yield
