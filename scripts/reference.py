"""Write the reference pages from the grid and the command line.

`--check` writes nothing and exits with 1 when a page is not what would be written.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import typer.main
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from groundplan.cli import app
from groundplan.grid.load import load_grid
from groundplan.grid.model import Grid, KickoffField, Option, Row, Rule

PAGES = Path(__file__).resolve().parents[1] / "docs" / "reference"
NOTICE = "<!-- Written by scripts/reference.py: change the grid or the command. -->\n"


def grid_page(grid: Grid) -> str:
    """Return every row with its options, in the order in which they are asked."""
    return "\n".join(["# Rows and options", NOTICE, *_rows(grid)])


def _rows(grid: Grid) -> Iterator[str]:
    for row in grid.rows:
        yield f"## {row.title}\n"
        asked = f", asked when `{_condition(row)}`" if row.when else ""
        yield f"`{row.name}`, default `{row.default}`, {row.section}{asked}.\n"
        yield f"{_text(row.explanation)}\n"
        for name, option in row.options.items():
            yield from _option(grid, name, option)


def _condition(row: Row) -> str:
    return (row.when or "").strip("{} ")


def _option(grid: Grid, name: str, option: Option) -> Iterator[str]:
    yield f"### `{name}`\n"
    yield f"{option.title}.\n"
    yield f"- Pick it when: {_text(option.pick)}"
    yield f"- Move on when: {_text(option.upgrade)}"
    yield f"- Measure: {_text(option.measure)}"
    yield from (f"- Needs {_rule(rule)}" for rule in grid.rules(option))
    yield ""


def _rule(rule: Rule) -> str:
    options = " or ".join(f"`{rule.row}={name}`" for name in rule.options)
    return f"{options}: {rule.why}."


def kickoff_page(grid: Grid) -> str:
    """Return what is asked besides the rows."""
    lines = [
        "# Kickoff fields",
        NOTICE,
        "| field | question | what for |",
        "|---|---|---|",
    ]
    lines += [
        f"| `{field.name}` | {_cell(field.help)} "
        f"| {_cell(field.explanation)}{_asked(field)} |"
        for field in grid.fields
    ]
    return "\n".join([*lines, ""])


def _asked(field: KickoffField) -> str:
    """Say under which condition a field is asked, if there is one."""
    if field.when is None:
        return ""
    return f" Asked when `{field.when.strip('{} ')}`."


def commands_page() -> str:
    """Return every command with its arguments and options, as the command has them."""
    group = typer.main.get_command(app)
    if not isinstance(group, TyperGroup):
        message = "the app has several commands"
        raise TypeError(message)
    lines = ["# Commands", NOTICE]
    for name, command in sorted(group.commands.items()):
        lines += [f"## groundplan {name}\n", f"{_text(command.help or '')}\n"]
        lines += ["| argument or option | what it does |", "|---|---|"]
        lines += [_parameter(each) for each in _parameters(command)]
        lines.append("")
    return "\n".join(lines)


def _parameters(command: object) -> list[TyperArgument | TyperOption]:
    if not isinstance(command, TyperCommand):
        return []
    kinds = (TyperArgument, TyperOption)
    return [each for each in command.params if isinstance(each, kinds)]


def _parameter(parameter: TyperArgument | TyperOption) -> str:
    said = parameter.metavar or (parameter.name or "").upper()
    if isinstance(parameter, TyperOption):
        value = "" if parameter.is_flag else f" {said}"
        said = f"{', '.join(parameter.opts)}{value}"
    return f"| `{said}` | {_cell(parameter.help or '')} |"


def _text(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return _text(text).replace("|", "\\|")


def pages() -> dict[Path, str]:
    """Return what each reference page has to say."""
    grid = load_grid()
    return {
        PAGES / "grid.md": grid_page(grid),
        PAGES / "kickoff.md": kickoff_page(grid),
        PAGES / "commands.md": commands_page(),
    }


def main(arguments: list[str]) -> int:
    """Write or check the pages; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args(arguments).check
    wanted = pages()
    stale = [p for p, text in wanted.items() if not p.exists() or p.read_text() != text]
    for path in stale:
        if check:
            print(f"error: {path.name} is not what the grid and the command say")
        else:
            path.write_text(wanted[path])
            print(f"wrote {path.name}")
    if check and stale:
        print("\nhint: uv run just docs")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
