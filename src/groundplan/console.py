"""What people see. The only module that imports Rich, and only when it is needed.

Progress and errors go to stderr, so that stdout carries results alone.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from rich.console import Console
    from rich.table import Table

    from .errors import GroundplanError


@cache
def stderr() -> Console:
    """The console for progress, notes and errors."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)


@cache
def stdout() -> Console:
    """The console for results."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=True)


def is_terminal() -> bool:
    """Whether somebody can be asked: both ends are a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def only_stderr() -> None:
    """Let what runs in this process from now on print on stderr alone."""
    sys.stdout.flush()
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())


def paragraphs(text: str) -> None:
    """Print text on stdout; at a terminal its lines end between words."""
    console = stdout()
    console.print(text, markup=False, soft_wrap=not console.is_terminal)


def note(text: str) -> None:
    """Say something in passing, in lines that end between words."""
    console = stderr()
    console.print(text, style="dim", markup=False, soft_wrap=not console.is_terminal)


def warning(text: str) -> None:
    """Say what is not accepted; the question comes again."""
    console = stderr()
    console.print(text, style="yellow", markup=False, soft_wrap=not console.is_terminal)


def error(problem: GroundplanError) -> None:
    """Print what happened, a blank line and the hint."""
    console = stderr()
    console.print("error: ", style="bold red", end="")
    console.print(problem.message, markup=False)
    if problem.hint:
        console.print()
        console.print("hint: ", style="bold cyan", end="")
        console.print(problem.hint, markup=False)


@contextmanager
def step(title: str) -> Generator[None]:
    """Show one step while it runs, and its seconds when it is done."""
    from .errors import SetupError

    console = stderr()
    started = time.perf_counter()
    try:
        if console.is_terminal:
            with console.status(title):
                yield
        else:
            yield
    except SetupError:
        console.print(f"  ✗ {title}", style="red", markup=False)
        raise
    seconds = time.perf_counter() - started
    console.print("  ✓ ", style="green", end="")
    console.print(title, markup=False, end="")
    console.print(f"  {seconds:.1f} s", style="dim")


def table(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print rows of text on stdout."""
    stdout().print(_table(title, columns, rows))


def overview(title: str, rows: Iterable[Iterable[str]]) -> None:
    """Print rows of text between questions, on stderr."""
    stderr().print(_table(title, ("", "", ""), rows))


def _table(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    shown = Table(
        title=title or None,
        title_justify="left",
        box=None,
        pad_edge=False,
        show_header=any(columns),
    )
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(*(Text(cell) for cell in row))
    return shown
