"""Fixtures that several test areas use."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter
from tests.support.render import KICKOFF, commit, snapshot

from groundplan.project.adapter import ProjectTemplate
from groundplan.project.source import TemplateSource, checked_out

Rendered = Callable[[Mapping[str, str]], Path]

REPORTED = "reported"
COPIERS = {"contract", "render", "update"}
"""Folders that try the template; what they run of our code is tried elsewhere."""

RUN_FOLDER = "GROUNDPLAN_RUN_FOLDER"


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working tree's template, apart from the working tree."""
    return snapshot(tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working tree's template, committed in a repository of its own."""
    folder = snapshot(tmp_path_factory.mktemp("repository"))
    commit(folder, "the template")
    return folder


@pytest.fixture(scope="session")
def rendered(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rendered]:
    """Render with some answers, once for each; the result is for reading only.

    By the command's own quick worker: `tests/project` holds that it writes Copier's
    bytes, and what is built, updated or switched in tests is rendered by Copier.
    """
    done: dict[tuple[tuple[str, str], ...], Path] = {}
    with checked_out(TemplateSource(repository, str(repository))) as template:
        quick = ProjectTemplate(template, "project")

        def once(answers: Mapping[str, str]) -> Path:
            key = tuple(sorted(answers.items()))
            if key not in done:
                done[key] = tmp_path_factory.mktemp("rendered") / "project"
                quick.render({**KICKOFF, **answers}, done[key])
            return done[key]

        yield once


@pytest.fixture(scope="session")
def run_folder() -> Path:
    """A folder that all workers of this run share, for projects that are built."""
    return Path(os.environ[RUN_FOLDER])


def pytest_configure(config: pytest.Config) -> None:
    """Make the shared folder.

    It is not under pytest's own: that is closed to other users, and closed again by
    each new pytest, the ones in the projects included, while PostgreSQL runs as a user
    of its own there when the tests run as root.
    """
    if not hasattr(config, "workerinput"):
        folder = Path(tempfile.mkdtemp(prefix="groundplan-tests-"))
        folder.chmod(0o755)
        os.environ[RUN_FOLDER] = str(folder)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Watch no coverage where it has nothing to see: it takes a third of the time."""
    for item in items:
        if item.path.parent.name in COPIERS:
            item.add_marker("no_cover")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remove the shared folder, unless somebody may want to look at a failure."""
    is_controller = not hasattr(session.config, "workerinput")
    if is_controller and not session.testsfailed:
        shutil.rmtree(os.environ[RUN_FOLDER], ignore_errors=True)


@pytest.fixture
def report(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Say after the run what a test did, whether it passed or not."""
    return lambda what: record_property(REPORTED, what)


class Reports:
    """Prints at once what a test reported, and the end of a failed build."""

    def __init__(self, terminal: TerminalReporter) -> None:
        """Keep the terminal; only the first process has one that is seen."""
        self._terminal = terminal

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Print it while the run goes on."""
        said = [what for name, what in report.user_properties if name == REPORTED]
        if report.when != "call" or not said:
            return
        self._terminal.ensure_newline()
        test = report.nodeid.rpartition("::")[2]
        self._terminal.write_line(
            f"{report.outcome} {test}: {'; '.join(map(str, said))}"
        )
        if report.failed:
            self._terminal.write_line(report.longreprtext)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Let reports be printed as they come."""
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    if isinstance(terminal, TerminalReporter):
        session.config.pluginmanager.register(Reports(terminal))
