"""What an option would leave behind: words that only its own folder brings.

The words are derived from the folder itself, so that a new option is watched without a
list to extend: the paths it writes, the distributions it installs, the variables it
reads, the services it composes and the modules that it adds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import PurePosixPath

import yaml
from tests.support.grid import blocks
from tests.support.layers import PACKAGE, Layer, layers

DISTRIBUTION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
VARIABLE = re.compile(r"^#?\s*([A-Z][A-Z0-9_]{3,})=", re.M)

ENGLISH = {"cryptography"}
"""Names of distributions that are also words of the language."""


@cache
def traces(name: str) -> frozenset[str]:
    """Return the words that only this layer brings."""
    others = {
        word
        for other in layers().values()
        if other.name != name
        for word in _all(other)
    }
    return frozenset(_all(layers()[name]) - others)


@cache
def _all(layer: Layer) -> frozenset[str]:
    return frozenset(
        {*_paths(layer), *_distributions(layer), *_variables(layer), *_services(layer)}
    )


def _paths(layer: Layer) -> Iterable[str]:
    for path in layer.writes:
        yield path
        if path.startswith("docs/"):
            yield path.removeprefix("docs/")
        if path.endswith(".py") and path.startswith(f"src/{PACKAGE}/"):
            module = PurePosixPath(path).relative_to("src").with_suffix("")
            yield ".".join(part for part in module.parts if part != "__init__")


def _distributions(layer: Layer) -> Iterable[str]:
    block = blocks().get(layer.name, {})
    for requirement in (*block.get("libraries", {}), *block.get("tools", [])):
        found = DISTRIBUTION.match(requirement)
        assert found, requirement
        if found[0] not in ENGLISH:
            yield found[0]


def _variables(layer: Layer) -> Iterable[str]:
    if "env" in layer.fragments:
        yield from VARIABLE.findall(layer.fragments["env"].read_text())


def _services(layer: Layer) -> Iterable[str]:
    for written, template in layer.writes.items():
        is_compose = written.startswith("compose/") and written.endswith(".yaml")
        if is_compose and template.suffix != ".jinja":
            services = yaml.safe_load(template.read_text()).get("services", {})
            yield from (f"{name}:" for name in services)
