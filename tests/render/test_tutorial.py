"""The tutorial works to its last line, and what it made survives later switches."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest
from tests.support.build import gates_without_coverage, install, proof
from tests.support.change import difference, switch
from tests.support.commands import command
from tests.support.grid import Answers, complete
from tests.support.layers import PACKAGE
from tests.support.paths import ROOT
from tests.support.render import commit, render
from tests.support.tools import Done, environment, execute, tool
from tests.support.walkthrough import Step, steps

pytestmark = pytest.mark.slow

TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
NEW = "python3 -m uv run groundplan "
HEALTH = re.compile(r"https?://\S+/health/ready")
LONGEST = 600

MODEL = "src/{package}/documents/models.py"
COLUMN = ' text: Mapped[str]\n+    {name}: Mapped[str] = mapped_column(default="en")\n'


def run(folder: Path, line: str, **variables: str) -> Done:
    """Run a line as a shell does, and succeed."""
    done = execute(folder, "bash", "-euo", "pipefail", "-c", line, **variables)
    assert done.returncode == 0, f"$ {line}\n{done.stdout[-6000:]}"
    return done


def serves(folder: Path, line: list[str], output: Path, port: int) -> None:
    """Start a server, wait until it is healthy, and stop it with Ctrl-C."""
    with (
        output.open("wb") as file,
        subprocess.Popen(
            line,
            cwd=folder,
            env=environment(PORT=str(port)),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        try:
            assert _becomes_healthy(process, output), output.read_text()[-6000:]
        finally:
            os.killpg(process.pid, signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(60)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _becomes_healthy(process: subprocess.Popen[bytes], output: Path) -> bool:
    end = time.monotonic() + LONGEST
    while process.poll() is None and time.monotonic() < end:
        found = HEALTH.search(output.read_text(errors="replace"))
        if found:
            with (
                suppress(OSError),
                urllib.request.urlopen(found[0], timeout=5) as answer,  # noqa: S310 - ours
            ):
                return answer.status == 200
        time.sleep(0.2)
    return False


class Reader:
    """Somebody who does what the page says, in the folder where it leaves them."""

    def __init__(self, repository: Path, folder: Path, port: int) -> None:
        """Begin in a checkout, with a port that is free."""
        self.here = folder / "groundplan"
        self.here.mkdir()
        self._repository = repository
        self._output = folder / "server.log"
        self._port = port
        self._proof = proof(folder.parent)

    def do(self, step: Step) -> None:
        if step.kind != "bash":
            step.edit(self.here)
            return
        for line in step.commands():
            self._type(line)

    def _type(self, line: str) -> None:
        """Run it as it stands, but by what is under test and installed already."""
        if line.startswith(NEW):
            words = command(self._repository, *line.removeprefix(NEW).split())
            serves(self.here, words, self._output, self._port)
        elif line.startswith("cd "):
            self.here = (self.here / line.removeprefix("cd ")).resolve()
        elif line.endswith(" just dev"):
            serves(self.here, line.split(), self._output, self._port)
        elif line == "uv run just check":  # the matrix has measured its coverage
            gates = shlex.join(["uv", "run", *gates_without_coverage(self.here)])
            run(self.here, gates, **self._proof)
        elif line != "python3 -m pip install uv":
            run(self.here, line.replace("uvx copier", tool("copier")))


def add_column(project: Path, package: str, name: str) -> None:
    """Give the documents one more column, as their owner does."""
    path = MODEL.format(package=package)
    Step("diff", COLUMN.format(name=name), path).edit(project)


def survives(project: Path, package: str, answers: Answers, gone: list[str]) -> None:
    """Switch options away: their owner's migrations go on, here and from nothing.

    Args:
        project: With a migrated database and a migration of its owner.
        package: The import name.
        answers: What changes.
        gone: The last migrations of what is switched away.
    """
    switch(project, answers)
    run(project, "uv sync --quiet && uv run just db migrate")
    found = run(project, "uv run just db status").stdout
    assert all(f"{name}: of a newer release, or of a removed" in found for name in gone)
    add_column(project, package, "script")
    refused = execute(project, "uv", "run", "just", "db", "revision", "a script")
    assert refused.returncode != 0
    assert "hint: If a newer release made them, use that one" in refused.stdout
    run(project, f"uv run just db forget {' '.join(gone)}")
    run(project, "uv run just db revision 'a script' && uv run just db migrate")
    run(project, "uv run just db check && uv run just db describe")
    run(project, "uv run ruff check && uv run ruff format --check")
    run(project, "uv run just test tests/integration/db/test_migrate.py")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_the_tutorial_works_to_its_last_line(
    repository: Path, run_folder: Path
) -> None:
    folder = run_folder / "tutorial"
    folder.mkdir()
    reader = Reader(repository, folder, _free_port())
    for step in steps(TUTORIAL):
        reader.do(step)
    assert "server: uvicorn" in (reader.here / ".copier-answers.yml").read_text()
    assert list(reader.here.glob("migrations/versions/documents_*.py"))
    survives(reader.here, "my_service", {"api": "none"}, ["api_0004"])


def test_migrations_survive_options_that_own_a_branch(
    repository: Path, run_folder: Path
) -> None:
    answers = complete({"search": "pgvector", "jobs": "apscheduler"})
    after = complete({"search": "none", "jobs": "none"}, prefer=answers)
    assert answers
    assert after
    folder = run_folder / "branches"
    project = render(repository, folder / "project", answers, version="HEAD")
    build = install(project, run_folder, folder / "environment")
    assert build.ok, build.tail()
    add_column(project, PACKAGE, "language")
    run(project, "uv run just db revision 'a language' && uv run just db migrate")
    commit(project, "feat: documents have a language")
    gone = ["jobs_0001", "search_0001", "tasks_0002"]
    survives(project, PACKAGE, difference(answers, after), gone)
