"""Every dependency that a project can have is held at a version that was tested."""

from __future__ import annotations

import re

import pytest
from packaging.requirements import Requirement
from packaging.version import Version
from tests.support.grid import blocks
from tests.support.paths import tracked_files

from groundplan.project.lock import constraints

LISTED = re.compile(r'^    "([^"]+)",$', re.MULTILINE)


def dependencies() -> list[str]:
    """Return the requirements of all parts and of the shared file, each once."""
    files = [p for p in tracked_files("template") if p.name.startswith("pyproject.")]
    listed = {line for p in files for line in LISTED.findall(p.read_text("utf-8"))}
    for block in blocks().values():
        listed.update(block.get("libraries", {}), block.get("tools", []))
    return sorted(line for line in listed if ">=" in line)


TESTED = {line.name: line for line in map(Requirement, constraints())}


def test_there_are_dependencies() -> None:
    assert {"fastapi", "pytest"} <= {Requirement(each).name for each in dependencies()}


@pytest.mark.parametrize("dependency", dependencies())
def test_a_tested_version_satisfies_it(dependency: str) -> None:
    wanted = Requirement(dependency)
    assert wanted.name in TESTED, "write the constraints anew: just constraints"
    versions = [Version(each.version) for each in TESTED[wanted.name].specifier]
    assert any(wanted.specifier.contains(version) for version in versions)
