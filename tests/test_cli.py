"""The command itself: help, version, errors, and what a start may import."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

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


def test_no_line_of_the_help_is_cut() -> None:
    for arguments in ((), ("new",), ("explain",)):
        shown = groundplan(*arguments, "--help").stdout
        assert "..." not in shown.replace("[ARGS]...", "")
        assert max(map(len, shown.splitlines())) <= 80


def test_completion_can_be_installed(tmp_path: Path) -> None:
    program = (
        f"import os; os.environ['HOME'] = {str(tmp_path)!r};"
        "from groundplan.cli import app;"
        "app(['--install-completion', 'bash'], prog_name='groundplan')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env=environment(_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1"),
    )
    assert done.returncode == 0, done.stderr
    script = tmp_path / ".bash_completions" / "groundplan.sh"
    assert "_GROUNDPLAN_COMPLETE=complete_bash" in script.read_text()
    completed = groundplan_in_shell(COMP_WORDS="groundplan ex", COMP_CWORD="1")
    assert completed.split() == ["explain"]


def groundplan_in_shell(**words: str) -> str:
    """What the command offers to a shell."""
    wanted = environment(_GROUNDPLAN_COMPLETE="complete_bash", **words)
    program = (
        "import sys; sys.argv[0] = 'groundplan'; from groundplan.cli import main;main()"
    )
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env=wanted,
    ).stdout


def shell(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of shell in which `$G` is the command."""
    return subprocess.run(
        ["sh", "-c", script.replace("$G", f"{sys.executable} -m groundplan")],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
    )


@pytest.mark.parametrize(
    ("script", "code", "words"),
    [
        ("$G --version <&-", 0, ""),
        ("$G --version >&-", 0, ""),
        ("$G explain db 2>&-", 0, ""),
        ("$G new some-name <&-", 2, "no terminal to ask at"),
        ("$G explain > /dev/full", 1, "output cannot be written"),
        ("$G --version > /dev/full", 1, "output cannot be written"),
        ("$G new -lead --defaults", 2, "groundplan new -- -lead"),
        (
            'd=$(mktemp -d); cd "$d"; rmdir "$d"; $G new demo --defaults',
            3,
            "does not exist any more",
        ),
        ("$G new /proc/demo --defaults", 3, "cannot write into /proc"),
        ("$G new x --defaults --dry-run", 2, "the directory's name, 'x', is no"),
    ],
)
def test_no_way_of_calling_it_ends_in_a_traceback(
    script: str, code: int, words: str, tmp_path: Path
) -> None:
    done = shell(script, tmp_path)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert words in done.stderr


def test_an_early_interrupt_ends_it_without_a_word() -> None:
    """The signal arrives while the command's modules are read."""
    program = (
        "import os, signal, sys, types;"
        "from groundplan import __main__ as entry;"
        "fake = types.ModuleType('groundplan.cli');"
        "fake.__getattr__ = lambda _: os.kill(os.getpid(), signal.SIGINT);"
        "sys.modules['groundplan.cli'] = fake;"
        "entry.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGINT
    assert done.stderr == ""
