"""The data inventory: which columns of which tables hold what (KVKK art. 16)."""

from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path
from typing import Final, cast

from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql.base import PGDialect

from .classes import classified
from .declarations import DECLARED
from .retention import RULES

PAGE: Final = Path("docs") / "data-inventory.md"

_HEAD: Final = """\
# Data inventory

Every column of every table with its class: P0 secret, P1 personal, P2 internal, P3
public. P0 and P1 never appear in a log line; an export shows everything but
P0. This page is made of the models: `uv run just inventory` writes it, and a test fails
when it is out of date.
"""

_PERIODS: Final = """\
## Periods of retention

After so many days it goes for good; `PRIVACY_RETENTION_DAYS` replaces a period.
"""


def page() -> str:
    """Return the inventory as Markdown (KVKK art. 16, GDPR art. 30).

    Raises:
        UnclassifiedError: A column has no class.
    """
    found = list(classified())
    sections = {
        table: list(columns)
        for table, columns in groupby(found, key=lambda item: item[0].name)
    }
    order = [name for name in DECLARED if name in sections]
    order += [name for name in sections if name not in DECLARED]
    dialect = cast("Callable[[], Dialect]", PGDialect)()
    parts = [_HEAD]
    for name in order:
        rows = [
            f"| `{column.name}` | {column.type.compile(dialect)} | {level} |"
            for _, column, level in sections[name]
        ]
        parts.append(_section(name, rows))
    return "\n".join((*parts, _periods()))


def write(file: Path = PAGE) -> bool:
    """Write the page if it is out of date.

    Args:
        file: Where to.

    Returns:
        Whether it was.
    """
    text = page()
    if file.is_file() and file.read_text("utf-8") == text:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return True


def _periods() -> str:
    rows = [f"| `{rule.name}` | {rule.what} | {rule.days} |" for rule in RULES]
    lines = ("| rule | what goes | days |", "| --- | --- | --- |", *rows)
    return "\n".join((_PERIODS, *lines)) + "\n"


def _section(name: str, rows: Iterable[str]) -> str:
    lines = (
        f"## {name}",
        "",
        "| column | type | class |",
        "| --- | --- | --- |",
        *rows,
    )
    return "\n".join(lines) + "\n"
