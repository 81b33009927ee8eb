"""The Git hooks find their tools and a working uv, whatever stands on the PATH."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

HOOK = Path(__file__).parents[3] / "scripts" / "hook.sh"

type Run = Callable[..., subprocess.CompletedProcess[str]]


def _command(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run something as a hook, with a shim on the PATH that refuses to be uv."""
    _command(tmp_path / "shims" / "uv", "exit 127")
    path = f"{tmp_path / 'shims'}{os.pathsep}{os.defpath}"

    def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own script
            ["sh", HOOK, *arguments],  # noqa: S607 - as pre-commit starts it
            capture_output=True,
            check=False,
            cwd=tmp_path,
            env={"PATH": path},
            text=True,
        )

    return _run


def test_tools_come_from_the_environment(tmp_path: Path, run: Run) -> None:
    _command(tmp_path / ".venv" / "bin" / "tool", 'echo "ours: $*"')
    assert run("tool", "a b").stdout == "ours: a b\n"


def test_uv_is_the_one_that_made_the_environment(tmp_path: Path, run: Run) -> None:
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    assert run("uv", "lock").returncode == 127
    _command(tmp_path / "its own" / "uv", 'echo "uv $*"')
    note = tmp_path / ".venv" / "made-by-uv"
    note.write_text(f"{tmp_path / 'its own' / 'uv'}\n", encoding="utf-8")
    assert run("uv", "lock").stdout == "uv lock\n"


def test_a_checkout_without_environment_gets_one(tmp_path: Path, run: Run) -> None:
    _command(tmp_path / "shims" / "uv", 'echo "uv $*"')
    assert run("tool", "a").stdout == "uv run --frozen tool a\n"


def test_the_result_is_the_tools(tmp_path: Path, run: Run) -> None:
    _command(tmp_path / ".venv" / "bin" / "tool", "exit 3")
    assert run("tool").returncode == 3
