"""Tables of the command line that never cut what they show."""

from typing import Final

from rich.table import Column, Table

_NAMES: Final = frozenset({"name", "owner"})


def listing(*headings: str) -> Table:
    """Make a table: in a narrow window names go on below, and nothing is left out."""
    columns = (
        Column(heading, overflow="fold", no_wrap=heading not in _NAMES)
        for heading in headings
    )
    return Table(*columns, box=None, padding=(0, 2, 0, 0), pad_edge=False)
