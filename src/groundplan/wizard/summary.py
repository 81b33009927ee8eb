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
    """A row, an option or a kickoff field in words.

    Args:
        grid: The rows and fields that there are.
        name: `jobs`, `celery`, `jobs.celery`, `jobs=celery` or `owner`.

    Raises:
        UnknownNameError: There is none of that name, or an option is in several rows.
    """
    field = grid.field(name)
    if field is not None:
        return f"{field.help}\n{field.explanation}"
    row, option = _found(grid, name)
    shown = [option] if option else list(row.options)
    options = [_option(grid, row, key) for key in shown]
    head = f"{row.title} ({row.section})\n{row.explanation}"
    return "\n\n".join((head, *options))


def facts(grid: Grid, name: str = "") -> dict[str, Any]:
    """The same for programs: everything that the grid knows.

    Args:
        grid: The rows and fields that there are.
        name: As for `explain`; empty for the whole grid.

    Raises:
        UnknownNameError: There is none of that name, or an option is in several rows.
    """
    unused = {"choices", "validator", "type", "ask"}
    if not name:
        rows_ = [row.model_dump(mode="json", exclude=unused) for row in grid.rows]
        fields = [each.model_dump(mode="json", exclude=unused) for each in grid.fields]
        return {"rows": rows_, "fields": fields}
    field = grid.field(name)
    if field is not None:
        return {"field": field.model_dump(mode="json", exclude=unused)}
    row, option = _found(grid, name)
    told = {"row": row.model_dump(mode="json", exclude=unused)}
    return {**told, "option": option} if option else told


def _found(grid: Grid, name: str) -> tuple[Row, str]:
    """The row of a name, and its option when the name is an option's."""
    row = grid.row(name)
    if row is not None:
        return row, ""
    for dot in (".", "="):
        head, _, option = name.partition(dot)
        row = grid.row(head)
        if row is not None and option:
            if option not in row.options:
                message = f"{row.name} has no option {option!r}."
                raise UnknownNameError(message, nearest(option, row.options))
            return row, option
    rows_ = [row for row in grid.rows if name in row.options]
    if len(rows_) == 1:
        return rows_[0], name
    if rows_:
        message = f"{name!r} is an option of several rows."
        choices = ", ".join(f"{row.name}.{name}" for row in rows_)
        raise UnknownNameError(message, f"say which: {choices}")
    message = f"{name!r} is no row of the grid, no option and no kickoff field."
    options = [option for row in grid.rows for option in row.options]
    known = [*grid.names, *dict.fromkeys(options)]
    raise UnknownNameError(message, nearest(name, known))


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
