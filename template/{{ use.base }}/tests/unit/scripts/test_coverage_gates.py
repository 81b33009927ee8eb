"""The coverage gates hold branches by themselves, where the blend would pass."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.patience import patient

SCRIPT = Path("scripts/coverage_gates.py").absolute()
PROJECT = """
[tool.coverage.run]
branch = true
source = ["code"]

[tool.coverage.report]
fail_under = 80
"""
LINES = "\n".join(f"value_{number} = {number}" for number in range(40))
HALF_OF_THE_BRANCHES = f"{LINES}\nif value_1:\n    value_0 = 1\n"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder and return what it said."""
    return subprocess.run(  # noqa: S603 - this project's own script
        [sys.executable, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=patient(60),
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "exit_code", "branches"),
    [
        (LINES, 0, "coverage of branches: 100.0 % meets 80 %"),
        (HALF_OF_THE_BRANCHES, 1, "coverage of branches: 50.0 % is under 80 %"),
    ],
)
def test_each_gate_is_held_by_itself(
    tmp_path: Path, code: str, exit_code: int, branches: str
) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "module.py").write_text(code)
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    measured = run(tmp_path, "-m", "coverage", "run", "code/module.py")
    assert measured.returncode == 0, measured.stderr

    gates = run(tmp_path, str(SCRIPT))

    assert gates.returncode == exit_code, gates.stderr
    assert "coverage of lines: 100.0 % meets 80 %" in gates.stdout
    assert branches in gates.stdout


@pytest.mark.slow
def test_nothing_measured_is_no_pass(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    assert run(tmp_path, str(SCRIPT)).returncode != 0
