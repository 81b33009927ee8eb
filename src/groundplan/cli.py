"""The `groundplan` command: registers the commands and prints errors, no logic."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from typing import Annotated

import typer
from typer.exceptions import TyperException

from . import __version__
from .commands.explain import explain
from .commands.new import new

# Plain help: Rich would cost every start 100 ms.
app = typer.Typer(
    name="groundplan",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"groundplan {__version__}")
        raise typer.Exit


@app.callback()
def groundplan(
    *,
    _: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Answer the kickoff questions, get a repository in which each answer works."""


app.command()(new)
app.command()(explain)


def main() -> None:
    """Run the command; an error prints its message and hint and sets the exit code."""
    # Names and titles are in any language: an ASCII terminal or pipe ends no command.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except SystemExit as ended:
        # Typer has explained on stderr what was called wrongly, and ends.
        problem = ended.__context__
        if "--json" in sys.argv and isinstance(problem, TyperException):
            from .commands.report import print_failure

            print_failure(problem.format_message(), "groundplan new --help", problem)
        raise
    except Exception as problem:
        from .console import error
        from .errors import GroundplanError

        if not isinstance(problem, GroundplanError):
            raise
        error(problem)
        sys.exit(problem.exit_code)
