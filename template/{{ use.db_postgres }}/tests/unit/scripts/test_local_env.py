"""`.env` is completed for Compose, never overwritten, and nobody else may read it."""

from pathlib import Path

import pytest
from scripts.local_env import main


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction] - pytest calls it
    monkeypatch.chdir(tmp_path)


def test_what_is_missing_is_added() -> None:
    main(["NAME=value", "PASSWORD"])
    values = dict(line.split("=") for line in Path(".env").read_text().splitlines())
    assert values["NAME"] == "value"
    assert len(values["PASSWORD"]) >= 32
    assert Path(".env").stat().st_mode & 0o077 == 0


def test_what_is_there_stays() -> None:
    Path(".env").write_text("NAME=mine")
    main(["NAME=value", "OTHER=x"])
    assert Path(".env").read_text() == "NAME=mine\nOTHER=x\n"


def test_a_second_run_changes_nothing() -> None:
    main(["PASSWORD"])
    before = Path(".env").read_text()
    main(["PASSWORD"])
    assert Path(".env").read_text() == before
