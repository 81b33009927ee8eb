"""The command itself: help, version, errors, and what a start may import."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tests.support.commands import environment

from groundplan import __version__, cli
from groundplan.errors import GroundplanError

HEAVY = ("copier", "questionary", "rich", "yaml", "jinja2")


def groundplan(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "groundplan", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
    )


def test_without_arguments_it_shows_help() -> None:
    done = groundplan()
    shown = done.stdout + done.stderr
    assert "Usage:" in shown
    assert "new" in shown
    assert "explain" in shown


def test_prints_its_version() -> None:
    assert groundplan("--version").stdout.strip() == f"groundplan {__version__}"


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["--help"], (*HEAVY, "pydantic")),
        (["-h"], (*HEAVY, "pydantic")),
        (["new", "--help"], HEAVY),  # Typer itself reads a command's options with it
    ],
)
def test_help_imports_nothing_heavy(
    arguments: list[str], heavy: tuple[str, ...]
) -> None:
    program = (
        "import sys\n"
        "from groundplan.cli import app\n"
        "try:\n"
        f"    app({arguments!r})\n"
        "finally:\n"
        f"    print([name for name in {heavy!r} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
    )
    assert "Usage:" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_an_error_prints_message_and_hint_and_sets_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise GroundplanError("It broke [badly].", "mend it")

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 1
    assert capsys.readouterr().err == "error: It broke [badly].\n\nhint: mend it\n"


def test_an_error_without_a_hint_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise GroundplanError("It broke.")

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit):
        cli.main()
    assert capsys.readouterr().err == "error: It broke.\n"
