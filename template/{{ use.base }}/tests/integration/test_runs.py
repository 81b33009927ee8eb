"""A run of the tests that is cut off leaves no server and no folder behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from tests.fixtures.patience import patient
from tests.runs import MARK

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="only Linux tells what is left"
)

_PROJECT = Path(__file__).parents[2]
_RUN = """
import os, signal, subprocess, sys
from tests.runs import MARK, Run
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have ignored it
run = Run()
run.begin()
server = subprocess.Popen(["sleep", "600"], start_new_session=True)
print(os.environ[MARK], server.pid, flush=True)
sys.stdin.read()
run.end()
"""


@pytest.fixture
def run() -> Generator[subprocess.Popen[str]]:
    """A run that has started a server and not ended it."""
    environment = {name: value for name, value in os.environ.items() if name != MARK}
    with subprocess.Popen(  # noqa: S603 - our own code
        [sys.executable, "-c", _RUN],
        cwd=_PROJECT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def _lives(server: int) -> bool:
    status = Path(f"/proc/{server}/status")
    try:
        return "(zombie)" not in status.read_text(encoding="utf-8")
    except OSError:
        return False


def _kill(run: subprocess.Popen[str]) -> None:
    run.kill()


def _interrupt(run: subprocess.Popen[str]) -> None:
    run.send_signal(signal.SIGINT)


def _let_end(run: subprocess.Popen[str]) -> None:
    assert run.stdin is not None
    run.stdin.close()


@pytest.mark.parametrize("cut_off", [_kill, _interrupt, _let_end])
def test_nothing_is_left(
    run: subprocess.Popen[str], cut_off: Callable[[subprocess.Popen[str]], None]
) -> None:
    assert run.stdout is not None
    folder, server = run.stdout.readline().split()
    assert _lives(int(server))
    cut_off(run)
    end = time.monotonic() + patient(30)
    while _lives(int(server)) or Path(folder).exists():
        assert time.monotonic() < end
        time.sleep(0.05)
