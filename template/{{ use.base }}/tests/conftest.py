"""Markers by folder, no network in unit tests, one folder for each run."""

from pathlib import Path
from socket import socket
from typing import Any, Final, NoReturn

import pytest
from hypothesis import settings

# Fixtures import each other before their turn comes.
pytest.register_assert_rewrite("tests.fixtures")

from tests.runs import Run  # noqa: E402 - nothing of the tests is imported before

_TESTS: Final = Path(__file__).parent
_LEVELS: Final = ("e2e", "integration", "unit")
_RUN: Final = Run()

# A busy machine is slow now and then; that is no failure.
settings.register_profile("busy", deadline=None, max_examples=50)
settings.load_profile("busy")


def pytest_configure() -> None:
    """Begin the run; the processes that share its tests join it."""
    _RUN.begin()


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Take the fixtures from their folder, once coverage is measured."""
    if _only_distributes(session.config):
        return
    plugins = session.config.pluginmanager
    for file in sorted((_TESTS / "fixtures").glob("*.py")):
        if "@pytest.fixture" in file.read_text(encoding="utf-8"):
            plugins.import_plugin(f"tests.fixtures.{file.stem}")


def _only_distributes(config: pytest.Config) -> bool:
    """Say whether other processes run the tests: then this one needs no fixtures."""
    distributes = config.option.dist != "no" and not config.option.collectonly
    return distributes and not hasattr(config, "workerinput")


def pytest_unconfigure() -> None:
    """End whatever the run has started and not ended."""
    _RUN.end()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Share the tests between all processors, but those of one file."""
    return 0 if len(config.args) == 1 and ".py" in config.args[0] else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test the marker of its folder; those that take longest come first."""
    for item in items:
        level = _level(item)
        if level in _LEVELS:
            item.add_marker(level)
    items.sort(key=lambda item: [*_LEVELS, _level(item)].index(_level(item)))


def _level(item: pytest.Item) -> str:
    return item.path.relative_to(_TESTS).parts[0]


@pytest.fixture(autouse=True)
def _no_network(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refuse connections in unit tests."""
    if request.node.get_closest_marker("unit") is None:
        return

    def refuse(*_: Any) -> NoReturn:
        pytest.fail("A unit test may not connect to anything.")

    monkeypatch.setattr(socket, "connect", refuse)
    monkeypatch.setattr(socket, "connect_ex", refuse)
