"""Building a rendered project: its environment, its first commit, its own checks.

Two renders with the same bytes are one build: the first worker that meets a project
builds it, the others wait for the result and report that they shared it. A test module
whose inputs are those of one that passed in another build is not run again
(`tests/proof`), and coverage is measured once for the same source.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.support.paths import ROOT
from tests.support.render import commit, content, fingerprint, git
from tests.support.tools import execute

from groundplan.project.steps import lock_command

CHECK = re.compile(r"^    uv run python scripts/gates\.py (.+)$", re.MULTILINE)
"""The gates in the recipe `check` of a project's Justfile."""
PATIENCE = "3"
"""How much longer than usual a project's gates and tests may take: two builds share the
machine."""

ENOUGH = 0.1
"""Share of a project's source lines that is new to this run, to measure coverage."""

TAIL = 80
"""Lines of a failed command's output that a test prints."""


@dataclass
class Build:
    """What was run in a project, for how long, and how it ended."""

    project: str
    ok: bool = True
    output: str = ""
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    shared: bool = False
    tests: int = 0
    left_out: int = 0

    def summary(self) -> str:
        """Return each stage with its time, and how many tests ran."""
        stages = [f"{name} {took:.1f} s" for name, took in self.seconds.items()]
        if self.tests:
            stages.append(f"{self.tests - self.left_out} of {self.tests} tests")
        note = " (the same bytes as another render)" if self.shared else ""
        return ", ".join(stages) + note

    def run(self, stage: str, *command: str, **extra: str) -> bool:
        """Run one stage in the project; a failed stage skips the later ones."""
        if not self.ok:
            return False
        started = time.monotonic()
        done = execute(Path(self.project), *command, **extra)
        self.seconds[stage] = time.monotonic() - started
        self.ok = done.returncode == 0
        self.output = f"$ {' '.join(command)}\n{done.stdout}"
        return self.ok

    def tail(self) -> str:
        """Return the last command and the end of what it printed."""
        lines = self.output.splitlines()
        return "\n".join([f"{self.project}:", *lines[:1], *lines[1:][-TAIL:]])


@contextmanager
def alone_in(folder: Path, name: str) -> Generator[None]:
    """Hold a lock that all workers of this test run share."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install(project: Path, shared: Path, environment: Path) -> Build:
    """Give the project a lock file, an environment and its first commit.

    Projects with equal requirements get the same lock file, resolved once. The
    environment may be one that another project had: uv makes it exactly this project's,
    and what both use is compiled already.
    """
    build = Build(str(project))
    use_environment(project, environment)
    key = hashlib.sha256((project / "pyproject.toml").read_bytes()).hexdigest()[:16]
    known = shared / "locks" / f"{key}.uv.lock"
    with alone_in(known.parent, key):
        if known.exists():
            shutil.copy(known, project / "uv.lock")
        elif build.run("lock", *lock_command()):
            shutil.copy(project / "uv.lock", known)
    build.run("sync", "uv", "sync", "--quiet", "--locked")
    commit(project, "chore: start the project")
    return build


def use_environment(project: Path, environment: Path) -> None:
    """Let the project's `.venv` be an environment elsewhere, unseen by its Git."""
    environment.mkdir(parents=True, exist_ok=True)
    (project / ".venv").symlink_to(environment, target_is_directory=True)
    git(project, "init", "--quiet", "--initial-branch=main")
    with (project / ".git" / "info" / "exclude").open("a") as excluded:
        excluded.write(".venv\n")


def _own_environment(project: Path, shared: Path) -> Path:
    """Return this worker's environment for projects on one Python."""
    python = (project / ".python-version").read_text().strip()
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return shared / "environments" / f"{worker}-{python}"


def build_once(project: Path, shared: Path, *, covered: bool) -> Build:
    """Install the project and run its own gates, once for equal bytes.

    Args:
        project: The rendered project.
        shared: The folder that all workers of this run share.
        covered: Whether to measure coverage and to run what is marked slow. Coverage is
            not measured again where other projects have nearly all of the source too:
            `test` runs in place of `test-cov` then.
    """
    key = fingerprint(project)[:16]
    record = shared / "builds" / f"{key}.json"
    with alone_in(record.parent, key):
        if record.exists():
            known: Mapping[str, object] = json.loads(record.read_text())
            return Build(**{**known, "shared": True})  # pyright: ignore[reportArgumentType] # its own JSON
        build = install(project, shared, _own_environment(project, shared))
        _check(build, shared, key, covered=covered)
        record.write_text(json.dumps(asdict(build)))
    return build


def _check(build: Build, shared: Path, key: str, *, covered: bool) -> None:
    project = Path(build.project)
    lines = _source_lines(project)
    known = {path.name for path in (shared / "covered").glob("*")}
    new = sum(count for name, count in lines.items() if name not in known)
    options = {} if covered else {"PYTEST_ADDOPTS": '-m "not slow"'}
    covered = covered and new >= ENOUGH * sum(lines.values())
    counts = shared / "builds" / f"{key}.counts"
    mode = "record" if covered else "use"
    variables = proof(shared, mode) | {"GROUNDPLAN_PROOF_COUNTS": str(counts)}
    command = ["just", "check"] if covered else gates_without_coverage(project)
    build.run("check", "uv", "run", "--locked", *command, **variables, **options)
    if counts.exists():
        seen = json.loads(counts.read_text())
        build.tests, build.left_out = seen["tests"], seen["left_out"]
    if covered and build.ok:
        (shared / "covered").mkdir(exist_ok=True)
        for name in lines:
            (shared / "covered" / name).touch()


def proof(shared: Path, mode: str = "use") -> dict[str, str]:
    """Return the variables with which nothing is proven twice.

    Args:
        shared: The folder that all workers of this run share.
        mode: `use` leaves out what is proven, `record` runs everything.
    """
    return {
        "GROUNDPLAN_PROOF_MODE": mode,
        "GROUNDPLAN_PROOF_STORE": str(shared / "proof"),
        "PYTEST_PLUGINS": "groundplan_proof",
        "PYTHONPATH": str(ROOT / "tests" / "proof"),
        "TEST_PATIENCE": PATIENCE,
    }


def gates_without_coverage(project: Path) -> list[str]:
    """Return what `just check` runs, with `test` in the place of `test-cov`."""
    found = CHECK.search((project / "Justfile").read_text())
    assert found, "the recipe `check` runs no gates"
    gates = ["test" if gate == "test-cov" else gate for gate in found[1].split()]
    return ["python", "scripts/gates.py", *gates]


def _source_lines(project: Path) -> dict[str, int]:
    """Return how many lines each source file has, by a hash of its name and content."""
    return {
        hashlib.sha256(f"{name}\0".encode() + data).hexdigest()[:32]: data.count(b"\n")
        for name, data in content(project).items()
        if name.startswith("src/")
    }
