"""`groundplan explain`: the grid in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .. import console

if TYPE_CHECKING:
    from ..grid.model import Grid


def explain(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="A row, an option (celery, jobs.celery) or a kickoff field; all rows "
            "when left out.",
        ),
    ] = "",
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document on stdout.")
    ] = False,
) -> None:
    """Say what a row of the grid is for, and when to pick or leave each option."""
    import json

    from ..grid.load import load_grid
    from ..wizard.summary import explain as in_words
    from ..wizard.summary import facts
    from .report import json_on_error

    with json_on_error(enabled=as_json):
        grid = load_grid()
        if as_json:
            typer.echo(json.dumps(facts(grid, name), indent=2, ensure_ascii=False))
        elif name:
            console.paragraphs(in_words(grid, name))
        else:
            _list(grid)


def _list(grid: Grid) -> None:
    console.table(
        "The selection grid",
        ("row", "default", "options", "section"),
        [
            (line.name, line.default, " ".join(line.options), line.section)
            for line in grid.rows
        ],
    )
    console.note(
        "\n`groundplan explain ROW` says when to pick which; "
        "`groundplan explain ROW.OPTION` tells of one option."
    )
