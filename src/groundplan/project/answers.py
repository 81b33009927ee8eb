"""Answers that know where they came from: a default, a file, a flag, or you."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast

import yaml

from ..errors import AnswersFileError, InvalidAnswerError, UnknownNameError
from ..grid.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from ..grid.model import Grid


class Origin(StrEnum):
    """Where an answer came from."""

    DEFAULT = "default"
    GIT = "git configuration"
    FILE = "file"
    FLAG = "flag"
    YOU = "you"


@dataclass(frozen=True)
class Answer:
    """One answer and where it came from."""

    value: Any
    origin: Origin


def from_settings(settings: Iterable[str], grid: Grid) -> dict[str, Answer]:
    """Read `--set row=option`, `--set field=text` and `--set reasons.row=text`.

    Raises:
        UnknownNameError: No such row, option or field; the hint has the nearest.
        InvalidAnswerError: No `=`, or a key inside something that is no mapping.
    """
    found: dict[str, Answer] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            message = f"--set {setting}: there is no value."
            raise InvalidAnswerError(message, "write --set row=option")
        name, dot, key = name.strip().partition(".")
        _check_name(name, grid)
        if not dot:
            found[name] = Answer(_whole(name, value, grid), Origin.FLAG)
            continue
        field = grid.field(name)
        if field is None or not field.is_mapping:
            message = f"--set {setting}: {name} is one value, it has no {key!r} inside."
            raise InvalidAnswerError(message, f"write --set {name}=…")
        before = cast("dict[str, Any]", found[name].value if name in found else {})
        found[name] = Answer({**before, key: value}, Origin.FLAG)
    return found


def from_file(path: Path, grid: Grid) -> dict[str, Answer]:
    """Read answers from YAML, such as another project's `.copier-answers.yml`.

    Keys that start with `_` are Copier's own and are left out.

    Raises:
        AnswersFileError: The file cannot be read, or is no mapping.
        UnknownNameError: It answers something that the grid does not ask.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        message = f"{path} cannot be read: {problem}"
        hint = "name a YAML file with one `row: option` a line"
        raise AnswersFileError(message, hint) from problem
    except yaml.YAMLError as problem:
        message = f"{path} is no YAML: {problem}"
        raise AnswersFileError(message, "one `row: option` a line") from problem
    if not isinstance(content, dict):
        message = f"{path} is no mapping from row to option."
        raise AnswersFileError(message, "one `row: option` a line")
    found: dict[str, Answer] = {}
    for name, value in cast("dict[Any, Any]", content).items():
        if str(name).startswith("_"):
            continue
        _check_name(str(name), grid)
        found[str(name)] = Answer(_known(str(name), value, grid), Origin.FILE)
    return found


def values(answers: Mapping[str, Answer]) -> dict[str, Any]:
    """The bare values, as Copier takes them."""
    return {name: answer.value for name, answer in answers.items()}


def _check_name(name: str, grid: Grid) -> None:
    if name not in grid.names:
        message = f"{name!r} is no row of the grid and no kickoff field."
        raise UnknownNameError(message, nearest(name, grid.names))


def _whole(name: str, text: str, grid: Grid) -> Any:  # noqa: ANN401 - YAML is anything
    field = grid.field(name)
    if field is None or not field.is_mapping:
        return _known(name, text, grid)
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as problem:
        message = f"--set {name}: {text!r} is no YAML."
        raise InvalidAnswerError(message, f'write --set {name}.key="text"') from problem


def _known(name: str, value: Any, grid: Grid) -> Any:  # noqa: ANN401 - YAML is anything
    """Refuse an option that the row does not have; free text passes."""
    row = grid.row(name)
    if row is None:
        return value
    option = str(value)
    if option not in row.options:
        message = f"{name} has no option {option!r}."
        raise UnknownNameError(message, nearest(option, row.options))
    return option
