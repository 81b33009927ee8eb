"""The template's folders: what each writes, and which can be active together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product, takewhile
from pathlib import Path

from tests.support.grid import grid, is_possible
from tests.support.paths import RESOURCES, TEMPLATE, tracked_files

FOLDER = re.compile(r"^\{\{ use\.([a-z0-9_]+) \}\}$")
PACKAGE = "sample_service"


@dataclass(frozen=True)
class Layer:
    """One folder under `template/`, or a folder in it that waits for another part."""

    name: str
    files: tuple[Path, ...]

    @property
    def bodies(self) -> tuple[Path, ...]:
        """The files that become files of the project."""
        return tuple(path for path in self.files if "_slots" not in path.parts)

    @property
    def fragments(self) -> dict[str, Path]:
        """The lines for shared files, by slot."""
        return {p.stem: p for p in self.files if p.parent.name == "_slots"}

    @property
    def writes(self) -> dict[str, Path]:
        """The project's paths that this layer writes, and the template of each."""
        return {written(path): path for path in self.bodies}


def owners(path: Path) -> list[str]:
    """Return what switches a template file on: its option, and what it waits for."""
    names = (FOLDER.match(part) for part in path.relative_to(TEMPLATE).parts)
    return [found[1] for found in takewhile(bool, names) if found]


def written(path: Path) -> str:
    """Return the project's path that a template file becomes."""
    relative = path.relative_to(TEMPLATE)
    inside = Path(*relative.parts[len(owners(path)) :]).as_posix()
    return inside.removesuffix(".jinja").replace("{{ package }}", PACKAGE)


@cache
def layers() -> Mapping[str, Layer]:
    """Return the folders by what switches them on.

    That is an option or a resource. A folder inside it, named for another one, holds
    what is only wanted beside that: here both names, joined by " and ".
    """
    found: dict[str, list[Path]] = {}
    for path in tracked_files("template"):
        if names := owners(path):
            found.setdefault(" and ".join(names), []).append(path)
    return {name: Layer(name, tuple(paths)) for name, paths in sorted(found.items())}


@cache
def resources() -> frozenset[str]:
    """Return the capabilities that have a folder."""
    return frozenset(path.stem for path in RESOURCES.iterdir())


@cache
def triggers() -> Mapping[str, tuple[Mapping[str, str], ...]]:
    """Return, for each expected layer, the answers of which any one switches it on."""
    found: dict[str, list[Mapping[str, str]]] = {"base": [{}]}
    for row in grid().values():
        for option in row.options.values():
            if option.writes:
                found.setdefault(option.folder, []).append({row.name: option.name})
            for resource in resources().intersection(option.brings):
                answer = {row.name: option.name}
                found.setdefault(f"needs_{resource}", []).append(answer)
    return {name: tuple(answers) for name, answers in found.items()}


def parts(name: str) -> list[str]:
    """Return the options and resources that a layer's name joins."""
    return name.split(" and ")


def active(answers: Mapping[str, str]) -> set[str]:
    """Return the layers that these answers switch on."""
    on = {
        name
        for name, any_of in triggers().items()
        if any(each.items() <= answers.items() for each in any_of)
    }
    return on | {name for name in layers() if on.issuperset(parts(name))}


@cache
def can_be_together(*names: str) -> bool:
    """Tell whether some project has all of these layers."""
    needed = [triggers()[part] for name in names for part in parts(name)]
    for answers in product(*needed):
        joined: dict[str, str] = {}
        for each in answers:
            joined.update(each)
        agree = all(each.items() <= joined.items() for each in answers)
        if agree and is_possible(joined):
            return True
    return False
