"""A release's tag names the version of the project, in either way of writing it."""

from pathlib import Path

import pytest
import typer
from scripts.tag_matches_version import main


@pytest.fixture(autouse=True)
def _version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction] - pytest calls it
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.0rc1"\n')
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("tag", ["v1.2.0-rc.1", "v1.2.0rc1"])
def test_the_same_version_passes(tag: str) -> None:
    main(tag)


def test_another_version_fails(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        main("v1.2.0")
    assert ended.value.exit_code == 1
    assert "hint:" in capsys.readouterr().out
