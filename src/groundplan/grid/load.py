"""Reads the grid from the files that Copier reads, in `copier.yml`'s order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import yaml
from pydantic import ValidationError

from ..errors import GridError
from .model import Grid, KickoffField, Part, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PACKAGE = Path(__file__).resolve().parents[1]
# `copier.yml` names files from the repository's root; in an installed wheel the
# package is all there is.
PACKAGE_IN_REPOSITORY = "src/groundplan/"
_Question = TypeVar("_Question", Row, KickoffField)
_Model = TypeVar("_Model", Row, KickoffField, Part)
_SHARED = ("base", "resources")
_HINT = "this is a fault in the template: correct the file, then `just check`"


if TYPE_CHECKING:
    _SafeLoader = yaml.SafeLoader
else:  # libyaml's parser where PyYAML was built with it: ten times as fast
    _SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class _Include:
    """One `!include` line, not yet followed."""

    path: str


class _Loader(_SafeLoader):
    """A loader of its own, so that `!include` is known here alone."""


def _include(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> _Include:
    return _Include(str(loader.construct_scalar(node)))


_Loader.add_constructor("!include", _include)  # pyright: ignore[reportUnknownMemberType] - PyYAML's stub


@cache
def load_grid(questions: Path | None = None) -> Grid:
    """Load and validate the grid.

    Args:
        questions: The `copier.yml` to read; this installation's by default.

    Raises:
        GridError: A file is missing or malformed; the message names file and key.
    """
    path = questions or questions_file()
    fields: list[KickoffField] = []
    rows: dict[str, tuple[Row, Path]] = {}
    names: list[str] = []
    for file in _question_files(path):
        for name, details in _mapping(file).items():
            if not isinstance(details, dict):
                message = f"{file}: {name}: a question is a mapping"
                raise GridError(message, _HINT)
            question = cast("dict[str, Any]", details)
            if "x_options" in question:
                rows[str(name)] = (_build(Row, file, name, question), file)
                names.append(str(name))
            elif question.get("when") is not False:
                names.append(str(name))
                fields.append(_build(KickoffField, file, name, question))
    _check_needs(rows)
    ordered = tuple(row for row, _ in rows.values())
    shared = dict(_shared_parts(path))
    return Grid(fields=tuple(fields), rows=ordered, names=tuple(names), shared=shared)


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def raw_questions(path: Path, read: Callable[[Path], str] = _text) -> list[Any]:
    """The documents of a `copier.yml` with every include followed, as Copier has them.

    An include is the list of the included file's documents.

    Args:
        path: The `copier.yml`.
        read: Where the text of a file comes from.
    """
    # A row stands in two places, as a question and in the grid: it is parsed once.
    parsed = cache(partial(_documents, read=read))
    return [_followed(each, path.parent, parsed) for each in parsed(path)]


def _followed(node: object, root: Path, parsed: Callable[[Path], list[Any]]) -> Any:  # noqa: ANN401 - YAML is anything
    """A copy of what was parsed, with what it includes."""
    if isinstance(node, _Include):
        included = parsed(root / node.path)
        return [_followed(document, root, parsed) for document in included]
    if isinstance(node, dict):
        entries = cast("dict[Any, Any]", node)
        return {key: _followed(value, root, parsed) for key, value in entries.items()}
    if isinstance(node, list):
        return [_followed(value, root, parsed) for value in cast("list[Any]", node)]
    return node


def questions_file() -> Path:
    """The `copier.yml` of this installation: the checkout's or the wheel's copy."""
    checkout = PACKAGE.parents[1] / "copier.yml"
    return checkout if checkout.is_file() else PACKAGE / "copier.yml"


def _question_files(path: Path) -> Iterator[Path]:
    """The files that `copier.yml` includes as questions, in its order."""
    for document in _documents(path):
        if isinstance(document, _Include):
            yield _included(path, document)


def _included(path: Path, include: _Include) -> Path:
    """Where an included file is: named from the repository's root, or in the wheel."""
    in_checkout = (path.parent / PACKAGE_IN_REPOSITORY).is_dir()
    name = include.path
    return path.parent / (
        name if in_checkout else name.removeprefix(PACKAGE_IN_REPOSITORY)
    )


def _shared_parts(path: Path) -> Iterator[tuple[str, Part]]:
    """The base and the resources: what the hidden questions of `copier.yml` include."""
    for document in _documents(path):
        for question in _SHARED:
            if isinstance(document, dict) and question in document:
                hidden = cast("dict[str, dict[str, list[_Include]]]", document)
                for include in hidden[question]["default"]:
                    file = _included(path, include)
                    for name, details in _mapping(file).items():
                        yield str(name), _valid(Part, file, name, details)


def _documents(file: Path, read: Callable[[Path], str] = _text) -> list[Any]:
    try:
        return list(yaml.load_all(read(file), Loader=_Loader))
    except OSError as problem:
        message = f"{file}: cannot be read: {problem.strerror}"
        raise GridError(message, _HINT) from problem
    except yaml.YAMLError as problem:
        message = f"{file}: no YAML: {problem}"
        raise GridError(message, _HINT) from problem


def _mapping(file: Path) -> dict[Any, Any]:
    documents = _documents(file)
    if len(documents) != 1 or not isinstance(documents[0], dict):
        message = f"{file}: a question file is one mapping from name to question"
        raise GridError(message, _HINT)
    return cast("dict[Any, Any]", documents[0])


def _build(
    model: type[_Question], file: Path, name: object, details: dict[str, Any]
) -> _Question:
    return _valid(model, file, name, {**details, "name": name})


def _valid(model: type[_Model], file: Path, name: object, details: object) -> _Model:
    try:
        return model.model_validate(details)
    except ValidationError as problem:
        lines = [
            f"{file}: {'.'.join(map(str, (name, *fault['loc'])))}: {fault['msg']}"
            for fault in problem.errors(include_url=False)
        ]
        raise GridError("\n".join(lines), _HINT) from problem


def _check_needs(rows: dict[str, tuple[Row, Path]]) -> None:
    """What an option needs is brought by options of one other row."""
    for row, file in rows.values():
        for name, option in row.options.items():
            for capability in option.needs:
                bring = [r.name for r, _ in rows.values() if r.bringing(capability)]
                if len(bring) == 1 and bring != [row.name]:
                    continue
                where = f"{file}: {row.name}.x_options.{name}.needs"
                found = " and ".join(bring) or "no row"
                message = f"{where}: {capability!r} is brought by {found}"
                raise GridError(message, "exactly one other row has to bring it")
