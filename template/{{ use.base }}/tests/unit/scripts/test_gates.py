"""The gates run side by side; one that fails is shown and fails the whole."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer
from scripts import gates

from tests.fixtures.patience import patient

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


def test_each_gate_is_seen_as_it_begins_and_ends(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asyncio.run(gates.run_all(["good", "bad"]))
    printed = capsys.readouterr().out
    assert printed.index("begin  good") < printed.index("ok     good")
    assert printed.index("begin  bad") < printed.index("FAILED bad")


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
    child = _slow_gate(tmp_path)
    monkeypatch.setattr(gates, "TIMEOUT_SECONDS", 1)
    (outcome,) = asyncio.run(gates.run_all(["slow"]))
    assert not outcome.passed
    assert "stopped after 1 s" in outcome.output
    assert not _lives(child)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_with_its_gates(
    tmp_path: Path, number: signal.Signals
) -> None:
    child = _slow_gate(tmp_path)
    script = Path(gates.__file__)
    with subprocess.Popen([sys.executable, script, "slow"]) as process:  # noqa: S603 - ours
        _wait_for(child)
        process.send_signal(number)
        assert process.wait(patient(30)) == 130
    assert not _lives(child)


def _slow_gate(folder: Path) -> Path:
    """Let `just` start a process and wait; return the file with the process's id."""
    child = folder / "child"
    (folder / "just").write_text(
        f"#!/bin/sh\nsleep 600 &\necho $! > {child}.new\nmv {child}.new {child}\nwait\n"
    )
    return child


def _wait_for(file: Path) -> None:
    end = time.monotonic() + patient(30)
    while not file.exists():
        assert time.monotonic() < end
        time.sleep(0.02)


def _lives(child: Path) -> bool:
    """Say whether the process still runs a moment later."""
    _wait_for(child)
    for _ in range(100):
        done = subprocess.run(  # noqa: S603 - our own arguments
            ["ps", "-o", "stat=", "-p", child.read_text().strip()],  # noqa: S607
            capture_output=True,
            check=False,
            text=True,
        )
        if done.stdout.strip()[:1] in {"", "Z"}:
            return False
        time.sleep(0.05)
    return True
