"""The `groundplan` command: registers the commands and prints errors, no logic."""

from __future__ import annotations

import os
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


# In full: what is taken from the docstring is cut at the terminal's edge.
app.command(short_help="Make a project, by a dialogue or from flags.")(new)
app.command(short_help="Say when to pick which option.")(explain)


def main() -> None:
    """Run the command; an error prints its message and hint and sets the exit code."""
    _prepare_streams()
    try:
        code = _call()
        sys.stdout.flush()
    except OSError as problem:
        if problem.filename is not None:  # a file of ours, not the output
            raise
        code = _explain(_OUTPUT.format(problem.strerror), _KEPT)
        # What cannot be written now cannot be written at the end either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


_OUTPUT = "the output cannot be written: {}."
_KEPT = "name another place for it; a project that was made is kept"
_DASHES = (
    "a directory whose name begins with a hyphen stands after --: groundplan new -- {}"
)


def _prepare_streams() -> None:
    """Let no stream that is closed or knows few letters end a command."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # the caller has closed it
            # Also its number, which the next file would take instead.
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 - to the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _call() -> int:
    try:
        app()
    except SystemExit as ended:
        # Typer has explained on stderr what was called wrongly, and ends.
        problem = ended.__context__
        if isinstance(problem, TyperException):
            _add_to(problem)
        return (
            ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        )
    except Exception as problem:
        from .errors import GroundplanError

        if not isinstance(problem, GroundplanError):
            raise
        return _explain(problem.message, problem.hint, problem.exit_code)
    return 0


def _add_to(problem: TyperException) -> None:
    """Add to what Typer says: a hint, and the document for programs."""
    option = getattr(problem, "option_name", "")
    is_name = option[:1] == "-" and option[:2] != "--"
    words = (
        [word for word in sys.argv[1:] if word.startswith(option)] if is_name else []
    )
    hint = _DASHES.format(words[0]) if words else "groundplan new --help"
    if "--json" in sys.argv:
        from .commands.report import print_failure

        print_failure(problem.format_message(), hint, problem)
    if words:
        typer.echo(f"\nhint: {hint}", err=True)


def _explain(message: str, hint: str, code: int = 1) -> int:
    from .console import error
    from .errors import GroundplanError

    error(GroundplanError(message, hint))
    return code
