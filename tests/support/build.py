"""Building a rendered project: its environment, its first commit, its own checks.

Two renders with the same bytes are one build: the first worker that meets a project
builds it, the others wait for the result and report that they shared it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.support.render import commit, fingerprint
from tests.support.tools import execute

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

    def summary(self) -> str:
        """Return each stage with its time."""
        stages = [f"{name} {took:.1f} s" for name, took in self.seconds.items()]
        note = " (the same bytes as another render)" if self.shared else ""
        return ", ".join(stages) + note

    def run(self, stage: str, *command: str, where: Path | None = None) -> bool:
        """Run one stage in the project; a failed stage skips the later ones."""
        if not self.ok:
            return False
        started = time.monotonic()
        done = execute(where or Path(self.project), *command)
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


def install(project: Path, locks: Path) -> Build:
    """Give the project its environment and first commit.

    Projects with equal requirements get the same lock file, resolved once.
    """
    build = Build(str(project))
    key = hashlib.sha256((project / "pyproject.toml").read_bytes()).hexdigest()[:16]
    with alone_in(locks, key):
        known = locks / f"{key}.uv.lock"
        if known.exists():
            shutil.copy(known, project / "uv.lock")
        build.run("lock", "uv", "lock", "--quiet")
        if build.ok:
            shutil.copy(project / "uv.lock", known)
    build.run("sync", "uv", "sync", "--quiet", "--locked")
    commit(project, "chore: start the project")
    return build


def build_once(project: Path, shared: Path) -> Build:
    """Install the project and run its own `just check`, once for equal bytes."""
    key = fingerprint(project)[:16]
    record = shared / "builds" / f"{key}.json"
    with alone_in(record.parent, key):
        if record.exists():
            known: Mapping[str, object] = json.loads(record.read_text())
            return Build(**{**known, "shared": True})  # pyright: ignore[reportArgumentType] # its own JSON
        build = install(project, shared / "locks")
        build.run("check", "uv", "run", "--locked", "just", "check")
        record.write_text(json.dumps(asdict(build)))
    return build
