"""The template's folders: what each writes, and which can be active together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

from tests.support.grid import grid, is_possible
from tests.support.paths import TEMPLATE, tracked_files

FOLDER = re.compile(r"^\{\{ use\.([a-z0-9_]+) \}\}$")
PACKAGE = "sample_service"


@dataclass(frozen=True)
class Layer:
    """One folder under `template/`."""

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


def written(path: Path) -> str:
    """Return the project's path that a template file becomes."""
    relative = path.relative_to(TEMPLATE)
    inside = Path(*relative.parts[1:]).as_posix()
    return inside.removesuffix(".jinja").replace("{{ package }}", PACKAGE)


@cache
def layers() -> Mapping[str, Layer]:
    """Return the option folders by their names in `use`."""
    found: dict[str, list[Path]] = {}
    for path in tracked_files("template"):
        match = FOLDER.match(path.relative_to(TEMPLATE).parts[0])
        if match:
            found.setdefault(match[1], []).append(path)
    return {name: Layer(name, tuple(paths)) for name, paths in sorted(found.items())}


@cache
def triggers() -> Mapping[str, tuple[Mapping[str, str], ...]]:
    """Return, for each expected layer, the answers of which any one switches it on."""
    found: dict[str, list[Mapping[str, str]]] = {"base": [{}]}
    for row in grid().values():
        for option in row.options.values():
            if option.writes:
                found.setdefault(option.folder, []).append({row.name: option.name})
            for resource in option.brings:
                answer = {row.name: option.name}
                found.setdefault(f"needs_{resource}", []).append(answer)
    return {name: tuple(answers) for name, answers in found.items()}


def active(answers: Mapping[str, str]) -> set[str]:
    """Return the layers that these answers switch on."""
    return {
        name
        for name, any_of in triggers().items()
        if any(each.items() <= answers.items() for each in any_of)
    }


@cache
def can_be_together(one: str, two: str) -> bool:
    """Tell whether some project has both layers."""
    for left, right in product(triggers()[one], triggers()[two]):
        agree = all(left[row] == right[row] for row in left.keys() & right.keys())
        if agree and is_possible({**left, **right}):
            return True
    return False
