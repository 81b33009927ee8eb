"""Progress goes to stderr, results to stdout."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from groundplan import console
from groundplan.errors import SetupError


def test_a_step_says_that_it_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    with console.step("lock [it]"):
        pass
    shown = capsys.readouterr()
    assert "✓ lock [it]" in shown.err
    assert shown.out == ""


def test_a_failed_step_is_marked(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SetupError), console.step("lock it"):
        raise SetupError("no")
    assert "✗ lock it" in capsys.readouterr().err


def test_a_step_turns_at_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(console.stderr(), "_force_terminal", True)
    with console.step("lock it"):
        pass
    assert "lock it" in capsys.readouterr().err


def test_tables_are_results(capsys: pytest.CaptureFixture[str]) -> None:
    console.table("Title", ("a", "b"), [("1", "[2]")])
    assert capsys.readouterr().out.split() == ["Title", "a", "b", "1", "[2]"]


def test_an_overview_is_progress(capsys: pytest.CaptureFixture[str]) -> None:
    console.overview("", [("name", "value", "you")])
    assert capsys.readouterr().err.split() == ["name", "value", "you"]


def test_nobody_can_be_asked_without_a_terminal() -> None:
    assert not console.is_terminal()


@pytest.mark.parametrize(("terminal", "lines"), [(True, 2), (False, 1)])
def test_only_a_terminal_has_its_lines_broken_and_between_words(
    terminal: bool, lines: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = StringIO()
    fake = Console(file=written, force_terminal=terminal, width=20, no_color=True)
    monkeypatch.setattr(console, "stdout", lambda: fake)
    console.paragraphs("some rather long explanation")
    assert len(written.getvalue().splitlines()) == lines
    assert "explanation" in written.getvalue()
