"""Decides which modules are proven, and writes down what a run proved."""

# pyright: basic

from __future__ import annotations

import inspect
import json
import os
import sys
import tomllib
from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from ._sources import Distributions, Project, digest_of
from ._trace import EVERYBODY, Tracer

STORE = "GROUNDPLAN_PROOF_STORE"
"""Folder of what is proven."""
MODE = "GROUNDPLAN_PROOF_MODE"
"""`record` runs everything, `use` leaves out what is proven."""
COUNTS = "GROUNDPLAN_PROOF_COUNTS"
"""File that takes how many tests there were, and how many were left out."""
SNAPSHOT = "GROUNDPLAN_PROOF_SNAPSHOT"
"""File with what was proven when the run began: the same for all of its processes."""


NEVER_LEFT_OUT = "e2e"


class Proof:
    """What this run of pytest knows, leaves out, and proves."""

    def __init__(self, config: pytest.Config) -> None:
        """Start to watch; the first process notes what is proven so far."""
        self.config = config
        self.store = Path(os.environ[STORE])
        self.is_worker = hasattr(config, "workerinput")
        if not self.is_worker:
            self._take_snapshot()
        self.known: dict[str, list[dict[str, Any]]] = json.loads(
            Path(os.environ[SNAPSHOT]).read_text()
        )
        self.project = Project(config.rootpath)
        self.tracer = Tracer(self.project)
        self.keys: dict[str, str] = {}
        self.items: Counter[str] = Counter()
        self.fixtures: dict[str, set[str]] = {}
        self.left_out: Counter[str] = Counter()
        self.computed: set[str] = set()
        self.failed: set[str] = set()
        self.ended: Counter[str] = Counter()
        self.from_workers: list[dict[str, Any]] = []

    def _take_snapshot(self) -> None:
        self.store.mkdir(parents=True, exist_ok=True)
        known: dict[str, list[dict[str, Any]]] = {}
        for path in self.store.glob("*/*.json"):
            known.setdefault(path.parent.name, []).append(json.loads(path.read_text()))
        target = self.store / f"snapshot-{os.getpid()}"
        target.write_text(json.dumps(known))
        os.environ[SNAPSHOT] = str(target)

    # --- before: which modules are proven ------------------------------------------

    @pytest.hookimpl(wrapper=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Any:
        """Leave out the modules that are proven; `-k` may leave out more before."""
        modules: dict[str, list[pytest.Item]] = {}
        for item in items:
            modules.setdefault(item.nodeid.partition("::")[0], []).append(item)
        self._judge(modules)
        result = yield
        kept = [i for i in items if i.nodeid.partition("::")[0] not in self.left_out]
        if len(kept) < len(items):
            out = self.left_out
            dropped = [i for i in items if i.nodeid.partition("::")[0] in out]
            items[:] = kept
            self.config.hook.pytest_deselected(items=dropped)
        return result

    def _judge(self, modules: dict[str, list[pytest.Item]]) -> None:
        distributions = Distributions()
        for name, own in modules.items():
            self.items[name] = len(own)
            self.keys[name] = self._key(name, own, distributions)
            if self._is_proven(name):
                self.left_out[name] = len(own)

    def _is_proven(self, name: str) -> bool:
        if os.environ.get(MODE) != "use" or NEVER_LEFT_OUT in Path(name).parts:
            return False
        return any(self._holds(each) for each in self.known.get(self.keys[name], []))

    def _holds(self, trace: dict[str, Any]) -> bool:
        if trace["whole"] is not None:
            return trace["whole"] == self.project.whole
        content = self.project.content
        return all(content(path) == found for path, found in trace["read"].items())

    def _key(
        self, name: str, items: list[pytest.Item], installed: Distributions
    ) -> str:
        paths = {self.project.root / name}
        fixtures: set[str] = set()
        for item in items:
            info = getattr(item, "_fixtureinfo", None)
            for definitions in info.name2fixturedefs.values() if info else ():
                for definition in definitions:
                    path = _file_of(definition.func)
                    if path is not None and self.project.relative(path):
                        paths.add(path)
                        fixtures.add(_fixture_name(definition))
        paths |= self._hooks()
        self.fixtures[name] = fixtures
        files, outside, computed = self.project.closure(paths)
        if computed:
            self.computed.add(name)
        relative = sorted(str(path.relative_to(self.project.root)) for path in files)
        lines = [f"{each}\0{self.project.content(each)}" for each in relative]
        lines += installed.versions_of(outside)
        lines += [sys.version, json.dumps(self._configuration, sort_keys=True)]
        return digest_of("\n".join([name, *lines]).encode())

    def _hooks(self) -> set[Path]:
        """Return the project's plugins that do more than to define fixtures."""
        found: set[Path] = set()
        for plugin in self.config.pluginmanager.get_plugins():
            file = getattr(plugin, "__file__", None)
            if file and self.project.relative(file):
                is_conftest = Path(file).name == "conftest.py"
                if is_conftest or any(n.startswith("pytest_") for n in vars(plugin)):
                    found.add(Path(file))
        return found

    @cached_property
    def _configuration(self) -> Any:
        file = self.config.inipath
        if file is None or file.suffix != ".toml":
            return None
        table: dict[str, Any] = tomllib.loads(file.read_text()).get("tool", {})
        return table.get("pytest")

    # --- while they run: what they read ----------------------------------------------

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Any:
        """Note what a module reads while it is imported."""
        before = self.tracer.owner
        if isinstance(collector, pytest.Module):
            self.tracer.owner = collector.nodeid
        try:
            return (yield)
        finally:
            self.tracer.owner = before

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        """Note what a test reads."""
        self.tracer.owner = item.nodeid.partition("::")[0]
        try:
            return (yield)
        finally:
            self.tracer.owner = None

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Any:
        """What a fixture of many tests reads, each of its modules depends on."""
        before = self.tracer.owner
        if before is not None and fixturedef.scope in {"session", "package"}:
            self.tracer.owner = _fixture_name(fixturedef)
        try:
            return (yield)
        finally:
            self.tracer.owner = before

    # --- after: what is proven now ----------------------------------------------------

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count what ended, and what failed."""
        name = report.nodeid.partition("::")[0]
        if report.failed:
            self.failed.add(name)
        if report.when == "teardown":
            self.ended[name] += 1

    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what a worker saw."""
        said = getattr(node, "workeroutput", {}).get("groundplan_proof")
        if said:
            self.from_workers.append(said)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write what is proven; a run in which everything was proven passes."""
        seen = {
            "keys": self.keys,
            "items": dict(self.items),
            "left_out": dict(self.left_out),
            "computed": sorted(self.computed),
            "fixtures": {name: sorted(each) for name, each in self.fixtures.items()},
            "read": {owner: sorted(read) for owner, read in self.tracer.read.items()},
            "starts": sorted(self.tracer.starts),
        }
        if self.is_worker:
            self.config.workeroutput["groundplan_proof"] = seen  # type: ignore[attr-defined]
            return
        everything = self.from_workers or [seen]
        for name, key in everything[0]["keys"].items():
            whole_run = self.ended[name] == everything[0]["items"][name]
            if whole_run and name not in self.failed:
                self._write(key, self._trace(name, everything))
        left_out = sum(everything[0]["left_out"].values())
        total = sum(everything[0]["items"].values())
        counts = {"tests": total, "left_out": left_out}
        if os.environ.get(COUNTS):
            Path(os.environ[COUNTS]).write_text(json.dumps(counts))
        if left_out and session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            session.exitstatus = pytest.ExitCode.OK

    def _trace(self, name: str, everything: list[dict[str, Any]]) -> dict[str, Any]:
        read: set[str] = set()
        whole = False
        for seen in everything:
            owners = {name, EVERYBODY, *seen["fixtures"].get(name, [])}
            for owner in owners & seen["read"].keys():
                read.update(path for _, path in seen["read"][owner])
            whole |= (
                bool(owners.intersection(seen["starts"])) or name in seen["computed"]
            )
        if whole:
            return {"whole": self.project.whole, "read": {}}
        content = self.project.content
        return {"whole": None, "read": {path: content(path) for path in sorted(read)}}

    def _write(self, key: str, trace: dict[str, Any]) -> None:
        text = json.dumps(trace, sort_keys=True)
        target = self.store / key / f"{digest_of(text.encode())}.json"
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            temporary = target.with_suffix(f".{os.getpid()}")
            temporary.write_text(text)
            temporary.replace(target)


def _fixture_name(definition: Any) -> str:
    return f"{definition.baseid}::{definition.argname}"


def _file_of(function: Any) -> Path | None:
    """Return the file of a fixture's function, whatever it is wrapped in."""
    plain = inspect.unwrap(getattr(function, "__func__", function))
    code = getattr(plain, "__code__", None)
    return Path(code.co_filename) if code is not None else None
