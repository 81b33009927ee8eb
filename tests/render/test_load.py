"""`just load` in a rendered project: it measures, and it fails on slow answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.tools import execute

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("limit", "passes"), [("60000", True), ("0", False)])
def test_load_is_measured_and_judged(
    installed: Path, limit: str, *, passes: bool
) -> None:
    """The limits are far off: how fast this machine is does not matter here."""
    done = execute(
        installed,
        *("uv", "run", "just", "load"),
        LOAD_CALLERS="2",
        LOAD_P95_MS=limit,
        LOAD_SECONDS="1",
        UV_NO_SYNC="1",
    )
    assert (done.returncode == 0) is passes, done.stdout[-4000:]
    assert "0 errors of" in done.stdout
