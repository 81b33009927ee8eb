"""The gates run side by side; one that fails is shown and fails the whole."""

import asyncio
import os
from pathlib import Path

import pytest
import typer
from scripts import gates

FAKE = """#!/bin/sh
echo "said by $1"
test "$1" != bad
"""


@pytest.fixture(autouse=True)
def _fake_just(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction] - pytest calls it
    fake = tmp_path / "just"
    fake.write_text(FAKE)
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")


def test_outcomes_come_in_the_order_of_the_gates() -> None:
    outcomes = asyncio.run(gates.run_all(["good", "bad"]))
    assert [(o.gate, o.passed) for o in outcomes] == [("good", True), ("bad", False)]


def test_all_passing_is_success(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        gates.main(["good"])
    assert ended.value.exit_code == 0
    assert "said by" not in capsys.readouterr().out


def test_the_output_of_a_failure_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        gates.main(["good", "bad"])
    assert ended.value.exit_code == 1
    printed = capsys.readouterr().out
    assert "said by bad" in printed
    assert "said by good" not in printed


def test_a_gate_that_hangs_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "just").write_text("#!/bin/sh\nexec sleep 60\n")
    monkeypatch.setattr(gates, "TIMEOUT_SECONDS", 0.1)
    (outcome,) = asyncio.run(gates.run_all(["slow"]))
    assert not outcome.passed
    assert "stopped after" in outcome.output
