"""What the dialogue shows about the grid: explanations and the summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import UnknownNameError
from ..grid.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..grid.model import Grid, Row
    from ..project.answers import Answer


def rows(grid: Grid, answers: Mapping[str, Answer]) -> list[tuple[str, str, str]]:
    """One line for each answer: what, which, and where it came from."""
    lines: list[tuple[str, str, str]] = []
    for name in grid.names:
        answer = answers.get(name)
        if answer is not None and answer.value != {}:
            lines.append((name, _shown(grid, name, answer.value), answer.origin))
    return lines


def explain(grid: Grid, name: str) -> str:
    """A row or kickoff field in words: what it is, its options, when to change.

    Raises:
        UnknownNameError: There is none of that name.
    """
    row = grid.row(name)
    if row is not None:
        options = [_option(grid, row, key) for key in row.options]
        head = f"{row.title} ({row.section})\n{row.explanation}"
        return "\n\n".join((head, *options))
    field = grid.field(name)
    if field is None:
        message = f"{name!r} is no row of the grid and no kickoff field."
        raise UnknownNameError(message, nearest(name, grid.names))
    return f"{field.help}\n{field.explanation}"


def _option(grid: Grid, row: Row, name: str) -> str:
    option = row.options[name]
    default = " (default)" if name == row.default else ""
    lines = [
        f"{row.name}={name}{default}: {option.title}",
        f"  pick it when    {option.pick}",
        f"  move on when    {option.upgrade}",
        f"  measured by     {option.measure}",
    ]
    for rule in grid.rules(option):
        wanted = " or ".join(rule.options)
        lines.append(f"  needs           {rule.row}={wanted}: {rule.why}")
    return "\n".join(lines)


def _shown(grid: Grid, name: str, value: Any) -> str:  # noqa: ANN401 - YAML is anything
    row = grid.row(name)
    if row is not None and value in row.options:
        return row.options[value].title
    if isinstance(value, dict):
        return "; ".join(f"{key}: {text}" for key, text in value.items())  # pyright: ignore[reportUnknownVariableType] - YAML is anything
    return str(value)
