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
    assert "go on there:\n  cd project\n  uv sync" in caught.value.hint
