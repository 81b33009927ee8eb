"""Running tools from tests: this environment's own, and those that a project brings."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from tests.support.render import GIT_ENVIRONMENT

LONGEST = 1_800
"""Seconds that any one command may take."""

MOST_PUBLIC_CLASSES = 3
"""In one file (S1 GEN-ONE-CLASS)."""

PUBLIC_CLASS = re.compile(r"^class ([A-Za-z]\w*)", re.MULTILINE)

OWN = Path(sys.prefix) / "bin"

FOREIGN = (
    "VIRTUAL_ENV",
    "PYTHONPATH",
    "PYTEST_",
    "COV_",
    "COVERAGE_",
    "UV_",
    "JUST_",
    "PYENV_VERSION",
    "PYENV_DIR",
    "PYTHONDONTWRITEBYTECODE",
)
KEPT = {"UV_CACHE_DIR", "UV_OFFLINE", "UV_INDEX_URL", "UV_DEFAULT_INDEX"}

Done = subprocess.CompletedProcess[str]


def tool(name: str) -> str:
    """Return the path of a tool from this project's own development group."""
    return str(OWN / name)


@cache
def _search_path() -> str:
    """Return PATH without our own tools, which a project must not find by accident.

    Only uv comes first: a version manager's shim for it may refuse to run in a project
    that names another Python than the one it was installed for.
    """
    folders = os.environ["PATH"].split(os.pathsep)
    others = [f for f in folders if Path(f).resolve() != OWN.resolve()]
    only_uv = OWN.parent / "only-uv"
    only_uv.mkdir(exist_ok=True)
    with contextlib.suppress(FileExistsError):
        (only_uv / "uv").symlink_to(OWN / "uv")
    return os.pathsep.join([str(only_uv), *others])


def environment(**extra: str) -> dict[str, str]:
    """Return the environment of a project's developer, free of this test run's own."""
    own = {
        name: value
        for name, value in os.environ.items()
        if name in KEPT or not name.startswith(FOREIGN)
    }
    own.pop("DATABASE_URL", None)
    clean = {"PATH": _search_path(), "NO_COLOR": "1", "COLUMNS": "100"}
    return {**own, **GIT_ENVIRONMENT, **clean, **extra}


def execute(folder: Path, *command: str, **extra: str) -> Done:
    """Run a command in a folder; both outputs come back as one text."""
    return subprocess.run(
        command,
        cwd=folder,
        env=environment(**extra),
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST,
    )


def crowded_modules(folder: Path, modules: Iterable[str]) -> list[str]:
    """Return the modules with more public classes than a reader can keep apart.

    By the text, as rendered code may use syntax that is newer than our Python.
    """
    found = {
        name: PUBLIC_CLASS.findall((folder / name).read_text()) for name in modules
    }
    return [
        f"{name}: {', '.join(classes)}"
        for name, classes in found.items()
        if len(classes) > MOST_PUBLIC_CLASSES
    ]


def undocumented_modules(folder: Path, modules: list[str]) -> str:
    """Return the modules that do not parse or have no docstring, as ruff says it.

    Rendered code may use syntax that is newer than the Python that runs these tests.
    """
    rules = ("--isolated", "--no-cache", "--target-version=py312", "--select=D100,D104")
    done = execute(folder, tool("ruff"), "check", *rules, "--quiet", *modules)
    return done.stdout
