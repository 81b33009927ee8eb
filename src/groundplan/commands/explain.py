"""`groundplan explain`: the grid in words."""

from __future__ import annotations

from typing import Annotated

import typer

from .. import console


def explain(
    row: Annotated[
        str, typer.Argument(help="A row or kickoff field; all of them when left out.")
    ] = "",
) -> None:
    """Say what a row of the grid is for, and when to pick or leave each option."""
    from ..grid.load import load_grid
    from ..wizard.summary import explain as in_words

    grid = load_grid()
    if row:
        console.paragraphs(in_words(grid, row))
        return
    console.table(
        "The selection grid",
        ("row", "default", "options", "section"),
        [
            (line.name, line.default, " ".join(line.options), line.section)
            for line in grid.rows
        ],
    )
    console.note("\n`groundplan explain ROW` says when to pick which.")
