"""The rendered default, seen by tools that we run ourselves.

Most of this is part of the project's own `just check`. Here the tools come from our
environment and with their own rules, so that a project cannot look clean by its
configuration.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from tests.conftest import Rendered
from tests.support.paths import ROOT
from tests.support.tools import execute, tool

pytestmark = pytest.mark.slow

FAMILIES = frozenset(
    [
        "A",
        "ANN",
        "ASYNC",
        "B",
        "C4",
        "D",
        "DTZ",
        "E",
        "F",
        "I",
        "N",
        "PERF",
        "PL",
        "PT",
        "PTH",
        "RET",
        "RUF",
        "S",
        "SIM",
        "T20",
        "TRY",
        "UP",
        "W",
    ]
)
"""The rule families of S2 §6.1: 22 lines there, of which one names two."""


@pytest.fixture
def project(rendered: Rendered) -> Path:
    """The default project; nothing is installed."""
    return rendered({})


def clean(project: Path, name: str, *arguments: str) -> None:
    done = execute(project, tool(name), *arguments)
    assert done.returncode == 0, f"{name}:\n{done.stdout[-6000:]}"


def test_ruff_knows_all_families_and_finds_nothing(project: Path) -> None:
    settings = tomllib.loads((project / "pyproject.toml").read_text())
    assert set(settings["tool"]["ruff"]["lint"]["select"]) >= FAMILIES
    clean(project, "ruff", "check", "--no-cache")
    clean(project, "ruff", "format", "--check", "--no-cache")


def test_bandit(project: Path) -> None:
    # The rest is ruff's, where each exception has its reason beside the line.
    clean(project, "bandit", "--severity-level=medium", "--quiet", "-r", "src")


def test_hadolint(project: Path) -> None:
    clean(project, "hadolint", "--failure-threshold", "style", "Dockerfile")


def test_zizmor(project: Path) -> None:
    clean(project, "zizmor", "--offline", "--no-config", "--quiet", ".")


@pytest.mark.parametrize(
    ("schema", "pattern"),
    [
        ("vendor.github-workflows", ".github/workflows/*.yml"),
        ("vendor.dependabot", ".github/dependabot.yml"),
        ("vendor.compose-spec", "compose*.yaml"),
        ("vendor.compose-spec", "compose/*.yaml"),
    ],
)
def test_schemas(schema: str, pattern: str, project: Path) -> None:
    found = sorted(str(path) for path in project.glob(pattern))
    assert found, pattern
    clean(project, "check-jsonschema", "--builtin-schema", schema, *found)


def test_just_and_yaml_are_formatted(project: Path) -> None:
    clean(project, "just", "--fmt", "--check", "--unstable")
    clean(project, "yamllint", "--strict", ".")


def test_repository_review(project: Path) -> None:
    done = execute(project, tool("repo-review"), "--format", "json", ".")
    checks = json.loads(done.stdout)["checks"]
    failed = {
        name: check["description"]
        for name, check in checks.items()
        if check["result"] is False
    }
    assert len(checks) > 30
    assert not failed


def test_waived_review_checks_have_their_reason(project: Path) -> None:
    settings = tomllib.loads((project / "pyproject.toml").read_text())
    waived = settings["tool"].get("repo-review", {}).get("ignore", {})
    assert isinstance(waived, dict), "a table from check to reason"


def test_our_own_pins_are_those_of_the_template() -> None:
    """One hash for one action, here and in every rendered workflow."""
    found: dict[str, set[str]] = {}
    folders = (".github/workflows", "template/{{ use.base }}/.github/workflows")
    for folder in folders:
        for path in (ROOT / folder).iterdir():
            for line in path.read_text().splitlines():
                if " uses: " in line and "@" in line:
                    action, _, pin = line.partition("uses: ")[2].partition("@")
                    found.setdefault(action, set()).add(pin)
    assert {action: pins for action, pins in found.items() if len(pins) > 1} == {}
