"""The dialogue at a real terminal: arrow keys, back, explain, cancel, Ctrl-C."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.support.commands import command, environment

from groundplan.grid.load import load_grid

pexpect = pytest.importorskip("pexpect", reason="pseudo-terminals need pexpect")

if sys.platform == "win32":
    pytest.skip("pseudo-terminals need POSIX", allow_module_level=True)

DOWN = "\x1b[B"
ENTER = "\r"
CLEAR = "\x15"
Terminal = Any


@pytest.fixture
def terminal(repository: Path, tmp_path: Path) -> Generator[Callable[..., Terminal]]:
    """Start `groundplan new` at a terminal of 100 columns."""
    started: list[Terminal] = []

    def start(*arguments: str, columns: int = 100, **more: str) -> Terminal:
        program, *rest = command(repository, "new", *arguments)
        child: Terminal = pexpect.spawn(
            program,
            rest,
            cwd=str(tmp_path),
            # This terminal does not say where its cursor is: do not wait for it.
            env=environment(TERM="xterm", PROMPT_TOOLKIT_NO_CPR="1", **more),
            encoding="utf-8",
            timeout=60,
            dimensions=(50, columns),
        )
        started.append(child)
        return child

    yield start
    for child in started:
        child.close(force=True)


FIELDS = (
    "project called",
    "package called",
    "in one sentence",
    "owns it",
    "the kickoff?",
)


def settled(*but: str) -> list[str]:
    """Flags that answer each row with its default, so that these are not asked."""
    rows = [row for row in load_grid().rows if row.is_choice and row.name not in but]
    return [word for row in rows for word in ("--set", f"{row.name}={row.default}")]


def accept_fields(child: Terminal) -> None:
    """Press Enter at each question before the rows."""
    for words in FIELDS:
        child.expect(words)
        child.send(ENTER)


def test_a_whole_dialogue(terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    child = terminal("demo", "--no-install", "--no-git", *settled("licence"))
    child.expect("project called")
    child.send(CLEAR + "../x" + ENTER)
    child.expect("is no path")
    child.expect("project called")
    child.send(CLEAR + "Invoice Reader" + ENTER)
    child.expect("package called")
    child.expect("invoice_reader")
    child.send(CLEAR + "?" + ENTER)
    child.expect("import name")
    child.expect("package called")
    child.send(CLEAR + "<" + ENTER)
    child.expect("project called")
    child.send(CLEAR + "Invoice Maker" + ENTER)
    child.expect("invoice_maker")
    child.send(ENTER)
    for words in FIELDS[2:]:
        child.expect(words)
        child.send(ENTER)
    child.expect("Which licence")
    child.send(DOWN + ENTER)
    child.expect("All right")
    child.send(ENTER)
    child.expect("Invoice Maker is ready")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    answers = yaml.safe_load((tmp_path / "demo" / ".copier-answers.yml").read_text())
    assert answers["project_name"] == "Invoice Maker"
    assert answers["licence"] == "mit"
    assert answers["package"] == "invoice_maker"


def test_a_folder_that_is_no_project_name_is_asked_for_another(
    terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    config = tmp_path / "gitconfig"
    config.write_text("[user]\n\temail = me@example.com\n", encoding="utf-8")
    child = terminal("2026-demo", GIT_CONFIG_GLOBAL=str(config))
    child.expect("project called")
    child.expect("2026-demo")
    child.sendcontrol("c")
    child.expect("nothing was written")


def test_a_narrow_terminal_shows_every_word(
    terminal: Callable[..., Terminal],
) -> None:
    child = terminal("demo", *settled("backups"), columns=60, COLUMNS="80")
    for words in FIELDS[:3]:
        child.expect(words)
        child.send(ENTER)
    child.expect("owns it.*e-mail address")
    child.expect("explains, < goes back")
    child.send(ENTER)
    child.expect(FIELDS[4])
    child.send(ENTER)
    child.expect("Which backups")
    child.expect("A managed database takes.*its own.*backups")
    child.sendcontrol("c")
    child.expect("nothing was written")


def test_ctrl_c_leaves_nothing(
    terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    child = terminal("demo")
    child.expect("project called")
    child.sendcontrol("c")
    child.expect("nothing was written")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert list(tmp_path.iterdir()) == []


def test_cancel_at_the_summary_leaves_nothing(
    terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    child = terminal("demo", *settled())
    accept_fields(child)
    child.expect("All right")
    child.send(DOWN * 3 + ENTER)
    child.expect("nothing was written")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert list(tmp_path.iterdir()) == []


def test_an_impossible_option_shows_its_reason(
    terminal: Callable[..., Terminal],
) -> None:
    child = terminal("demo", *settled("db"))
    accept_fields(child)
    child.expect("Which database")
    child.expect("api=fastapi needs db=postgres")
    child.sendcontrol("c")
    child.expect("nothing was written")
