"""Answers that know where they came from: a default, a file, a flag, or you."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast

import yaml

from ..errors import (
    AnswersFileError,
    InvalidAnswerError,
    UnknownNameError,
    UsageError,
)
from ..grid.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from ..grid.model import Grid

_ONE_A_LINE = (
    'one `row: option` a line; text with @, # or a colon stands in quotes: owner: "@me"'
)


_SHOWN = 60


class Origin(StrEnum):
    """Where an answer came from."""

    DEFAULT = "default"
    GIT = "git configuration"
    EARLIER = "earlier run"
    FILE = "file"
    FLAG = "flag"
    YOU = "you"


@dataclass(frozen=True)
class Answer:
    """One answer and where it came from."""

    value: Any
    origin: Origin


def from_settings(
    settings: Iterable[str], grid: Grid, before: Mapping[str, Answer] | None = None
) -> dict[str, Answer]:
    """Read `--set row=option`, `--set field=text` and `--set reasons.row=text`.

    Args:
        settings: What stands behind each `--set`.
        grid: The rows and fields that there are.
        before: Answers to which `name.key=text` adds its entry, such as a file's.

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
        if name != name.strip():
            message = f"--set {setting!r}: there is a space beside the name."
            raise InvalidAnswerError(message, f"write --set {name.strip()}=…")
        name, dot, key = name.partition(".")
        _check_name(name, grid)
        _check_text(name, value)
        if not dot:
            found[name] = Answer(_whole(name, value, grid), Origin.FLAG)
            continue
        field = grid.field(name)
        if field is None or not field.is_mapping:
            message = f"--set {setting}: {name} is one value, it has no {key!r} inside."
            raise InvalidAnswerError(message, f"write --set {name}=…")
        entries = {**values(before or {}), **values(found)}.get(name, {})
        if not isinstance(entries, dict):
            message = f"--set {setting}: {name} is {entries!r}, which is no mapping."
            raise InvalidAnswerError(message, f"write --set {name}.{key}=… alone")
        entry = cast("dict[str, Any]", entries)
        found[name] = Answer({**entry, key: value}, Origin.FLAG)
    return found


def from_file(path: Path, grid: Grid) -> dict[str, Answer]:
    """Read answers from YAML, such as another project's `.copier-answers.yml`.

    Keys that start with `_` are Copier's own and are left out.

    Raises:
        AnswersFileError: The file cannot be read, or is no mapping.
        UnknownNameError: It answers something that the grid does not ask.
    """
    found: dict[str, Answer] = {}
    for name, value in _mapping(path).items():
        if str(name).startswith("_"):
            continue
        try:
            _check_name(str(name), grid)
            answer = _known(str(name), _text(str(name), value, grid), grid)
        except UsageError as problem:
            message = f"{path}: {problem.message}"
            raise type(problem)(message, problem.hint) from problem
        found[str(name)] = Answer(answer, Origin.FILE)
    return found


class _Loader(yaml.SafeLoader):
    """A loader that refuses a key which stands twice: one of the two would be lost."""

    def construct_mapping(
        self, node: yaml.MappingNode, deep: bool = False
    ) -> dict[Any, Any]:
        """The mapping, as YAML's own loader builds it."""
        keys = [key for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        seen: set[str] = set()
        for key in keys:
            name = str(key.value)
            if name in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{name!r} stands twice", key.start_mark
                )
            seen.add(name)
        return super().construct_mapping(node, deep)


def _loaded(text: str) -> Any:  # noqa: ANN401 - YAML is anything
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader


def _mapping(path: Path) -> dict[Any, Any]:
    try:
        content = _loaded(path.read_text(encoding="utf-8"))
    except OSError as problem:
        message = f"{path} cannot be read: {problem.strerror}."
        hint = "name a YAML file with one `row: option` a line"
        raise AnswersFileError(message, hint) from problem
    except UnicodeDecodeError as problem:
        message = f"{path} cannot be read: it is not encoded in UTF-8."
        raise AnswersFileError(message, "save it as UTF-8") from problem
    except (yaml.YAMLError, RecursionError) as problem:
        message = f"{path} is no YAML: {_reason(problem)}"
        raise AnswersFileError(message, _ONE_A_LINE) from problem
    if not isinstance(content, dict):
        lacks = "is empty" if content is None else "is no mapping from row to option"
        message = f"{path} {lacks}."
        raise AnswersFileError(message, _ONE_A_LINE)
    return cast("dict[Any, Any]", content)


def _text(name: str, value: Any, grid: Grid) -> Any:  # noqa: ANN401 - YAML is anything
    """A field's text as it was typed, which YAML may have taken for a date."""
    _check_text(name, value)
    field = grid.field(name)
    if field is None or field.is_mapping:
        return value
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, (dict, list)):
        message = f"{name} is no text."
        raise InvalidAnswerError(message, f'write {name}: "…"')
    return value


def values(answers: Mapping[str, Answer]) -> dict[str, Any]:
    """The bare values, as Copier takes them."""
    return {name: answer.value for name, answer in answers.items()}


def _reason(problem: Exception) -> str:
    return (
        "it is nested too deeply"
        if isinstance(problem, RecursionError)
        else str(problem)
    )


def _check_text(name: str, value: object) -> None:
    """Refuse what no file can hold: a byte of another encoding, half a character."""
    texts = (
        cast("dict[Any, Any]", value).values() if isinstance(value, dict) else [value]
    )
    for text in texts:
        if isinstance(text, str) and any("\ud800" <= each <= "\udfff" for each in text):
            message = (
                f"{name} has a character that is no UTF-8 text: {text[:_SHOWN]!a}."
            )
            hint = "type it again, in a terminal whose locale is UTF-8"
            raise InvalidAnswerError(message, hint)


def _check_name(name: str, grid: Grid) -> None:
    if name not in grid.names:
        message = f"{name!r} is no row of the grid and no kickoff field."
        raise UnknownNameError(message, nearest(name, grid.names))


def _whole(name: str, text: str, grid: Grid) -> Any:  # noqa: ANN401 - YAML is anything
    field = grid.field(name)
    if field is None or not field.is_mapping:
        return _known(name, text, grid)
    try:
        return _loaded(text)
    except (yaml.YAMLError, RecursionError) as problem:
        shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
        message = f"--set {name}: {shown!r} is no YAML: {_reason(problem)}."
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
