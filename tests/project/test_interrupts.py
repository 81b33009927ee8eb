"""A signal becomes an error after everything on the way has cleaned up."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from groundplan.errors import InterruptedRunError
from groundplan.project.interrupts import interruptible


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_is_an_error(number: signal.Signals) -> None:
    before = signal.getsignal(signal.SIGTERM)
    cleaned: list[bool] = []

    def run() -> None:
        with interruptible():
            try:
                os.kill(os.getpid(), number)
                signal.pause()
            finally:
                cleaned.append(True)

    with pytest.raises(InterruptedRunError, match="nothing was written"):
        run()
    assert cleaned == [True]
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_finished_project_is_kept() -> None:
    def run() -> None:
        with interruptible() as progress:
            progress.kept = Path("/some/project")
            progress.rest = ["cd project", "uv sync"]
            raise KeyboardInterrupt

    with pytest.raises(InterruptedRunError) as caught:
        run()
    assert "/some/project is complete" in caught.value.message
    assert "by hand:\n  cd project\n  uv sync" in caught.value.hint
    assert "the same command goes on" in caught.value.hint


def test_a_signal_waits_for_what_happens_whole() -> None:
    done: list[str] = []

    def run() -> None:
        with interruptible() as progress:
            with progress.undisturbed():
                os.kill(os.getpid(), signal.SIGINT)
                done.append("the rename")
                progress.kept = Path("/some/project")
            done.append("the next step")

    with pytest.raises(InterruptedRunError, match="/some/project is complete"):
        run()
    assert done == ["the rename"]


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruptible():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
