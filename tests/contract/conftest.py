"""Copier as users have it: the oldest and the newest version that we support."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.build import alone_in
from tests.support.paths import ROOT
from tests.support.tools import Done, execute

Copier = Callable[..., Done]
"""Runs `copier` with these arguments, in the folder given as `where`."""


def oldest() -> str:
    """Return the version that copier.yml asks for at least."""
    text = (ROOT / "copier.yml").read_text()
    found = re.search(r'^_min_copier_version: "([0-9.]+)"$', text, re.M)
    assert found
    return found[1]


@pytest.fixture(scope="session", params=["oldest", "newest"])
def copier(request: pytest.FixtureRequest, run_folder: Path) -> Copier:
    """Copier in an environment of its own, made once for each version."""
    environment = run_folder / f"copier-{request.param}"
    wanted = f"copier=={oldest()}" if request.param == "oldest" else "copier"
    with alone_in(run_folder, environment.name):
        if not (environment / "made").exists():
            _run(run_folder, "uv", "venv", "--quiet", "--clear", str(environment))
            python = str(environment / "bin" / "python")
            _run(run_folder, "uv", "pip", "install", "-q", "--python", python, wanted)
            (environment / "made").touch()
    command = str(environment / "bin" / "copier")

    def run(*arguments: str | Path, where: Path) -> Done:
        return execute(where, command, *map(str, arguments))

    return run


def _run(folder: Path, *command: str) -> None:
    done = execute(folder, *command)
    assert done.returncode == 0, done.stdout
