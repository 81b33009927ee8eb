"""Take the newest version of every dependency, for all projects of the matrix.

Writes the constraints that new projects are locked with. They hold once the matrix has
been built with them: `just constraints`, then `just test`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

from packaging.version import Version
from tests.support.pairs import pairwise_set
from tests.support.render import render, snapshot

from groundplan.project.lock import CONSTRAINTS
from groundplan.project.steps import environment, uv_binary

NOTICE = "# Versions that were tested together. Written by `just constraints`.\n"

Versions = dict[str, set[Version]]


def newest(folder: Path) -> Versions:
    """Lock the projects of the matrix with nothing to hold them back."""
    template = snapshot(folder / "template")
    found: Versions = defaultdict(set)
    known: set[str] = set()
    for number, answers in enumerate(pairwise_set()):
        project = folder / str(number)
        render(template, project, answers)
        requirements = (project / "pyproject.toml").read_text(encoding="utf-8")
        if requirements not in known:
            known.add(requirements)
            for name, version in _locked(project):
                found[name].add(version)
    return found


def _locked(project: Path) -> Iterable[tuple[str, Version]]:
    subprocess.run(
        (uv_binary(), "lock", "--quiet"), cwd=project, env=environment(), check=True
    )
    packages = tomllib.loads((project / "uv.lock").read_text(encoding="utf-8"))
    for package in packages["package"]:
        if "registry" in package["source"]:
            yield package["name"], Version(package["version"])


def as_requirements(versions: Mapping[str, AbstractSet[Version]]) -> list[str]:
    """Bind each name to its version, or to the span of those that projects have."""
    lines: list[str] = []
    for name, found in sorted(versions.items()):
        low, high = min(found), max(found)
        lines.append(
            f"{name}=={low}" if low == high else f"{name}>={low},<={high}",
        )
    return lines


def main() -> int:
    """Write the file and say how many lines are new."""
    before = CONSTRAINTS.read_text(encoding="utf-8") if CONSTRAINTS.exists() else ""
    with tempfile.TemporaryDirectory() as folder:
        lines = as_requirements(newest(Path(folder)))
    CONSTRAINTS.write_text(NOTICE + "\n".join(lines) + "\n", encoding="utf-8")
    changed = set(lines) - set(before.splitlines())
    print(f"{len(lines)} packages, {len(changed)} with another version")
    return 0


if __name__ == "__main__":
    sys.exit(main())
