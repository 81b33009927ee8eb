"""A release takes the place of another in the order that leaves no gap."""

import os
import subprocess
from pathlib import Path
from typing import Final

import pytest

SCRIPT: Final = Path(__file__).parents[3] / "ops/deploy.sh"
# Takes the place of docker: notes each call, answers as an engine with one instance.
DOCKER: Final = """#!/bin/sh
printf '%s\\n' "$*" >> calls
case "$*" in
"compose ps --quiet api") cat running 2>/dev/null || true ;;
"compose ps --all --quiet api") cat running; echo new ;;
"compose up"*" --wait api") [ ! -e unhealthy ] ;;
esac
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")


@pytest.fixture(autouse=True)
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on a host whose docker only takes notes; one instance runs."""
    (tmp_path / "deploy.sh").write_text(SCRIPT.read_text())
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/docker").write_text(DOCKER)
    (tmp_path / "bin/docker").chmod(0o755)
    (tmp_path / "running").write_text("old\n")
    (tmp_path / ".env").write_text("IMAGE=example/service:1\nAPI_HOST=example.com")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("IMAGE", "example/service:2")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def deploy() -> int:
    process = subprocess.run(
        ["sh", "deploy.sh"],  # noqa: S607 - from PATH
        capture_output=True,
        check=False,
    )
    return process.returncode


def calls() -> list[str]:
    return Path("calls").read_text().splitlines()


def test_the_old_instance_stops_after_the_new_one_is_healthy() -> None:
    assert deploy() == 0
    seen = calls()
    steps = [
        "compose run --rm migrate",
        "compose rm --force migrate",
        "compose up --detach --no-deps --no-recreate --scale api=2 --wait api",
        "stop --time 100 old",
        "compose up --detach --remove-orphans --scale api=1 --wait",
    ]
    assert sorted(steps, key=seen.index) == steps


def test_commands_by_hand_start_the_same_release() -> None:
    assert deploy() == 0
    env = Path(".env")
    assert env.read_text() == "API_HOST=example.com\nIMAGE=example/service:2\n"
    assert env.stat().st_mode & 0o077 == 0


def test_an_unhealthy_release_goes_and_the_running_one_stays() -> None:
    Path("unhealthy").touch()
    assert deploy() == 1
    assert "rm --force new" in calls()
    assert not [call for call in calls() if call.startswith("stop")]
    assert "IMAGE=example/service:1" in Path(".env").read_text()


def test_a_first_release_starts_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("running").unlink()
    Path(".env").unlink()
    assert deploy() == 0
    assert calls()[-1] == "compose up --detach --remove-orphans --scale api=1 --wait"
    assert Path(".env").read_text() == "IMAGE=example/service:2\n"
    monkeypatch.delenv("IMAGE")
    assert deploy() != 0
