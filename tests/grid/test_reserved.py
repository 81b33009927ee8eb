"""The names that a package cannot take are complete for every Python offered."""

from __future__ import annotations

import json
import keyword
import subprocess
import sys

import pytest
from copier._template import load_template_config
from tests.support.paths import ROOT

from groundplan.project.steps import uv_binary

RESERVED = load_template_config(ROOT / "copier.yml")["reserved"]["default"]
QUERY = (
    "import sys, json, keyword;"
    "print(json.dumps([sorted(sys.stdlib_module_names), keyword.kwlist]))"
)


@pytest.fixture(params=["3.11", "3.12", "3.13"])
def names(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[str], list[str]]:
    """The standard library's modules and the keywords of one Python."""
    version = str(request.param)
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return sorted(sys.stdlib_module_names), list(keyword.kwlist)
    # Through the file, uv also asks the version managers that only act on it.
    folder = tmp_path_factory.mktemp("python")
    (folder / ".python-version").write_text(f"{version}\n", encoding="utf-8")
    found = subprocess.run(
        [uv_binary(), "python", "find", "--no-python-downloads"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode != 0:
        pytest.skip(f"there is no Python {version} on this machine")
    answer = subprocess.run(
        [found.stdout.strip(), "-c", QUERY], capture_output=True, text=True, check=True
    )
    modules, keywords = json.loads(answer.stdout)
    return modules, keywords


def test_the_standard_library_is_complete(names: tuple[list[str], list[str]]) -> None:
    # A package name has no leading underscore and no upper case.
    public = {name for name in names[0] if not name.startswith("_")}
    assert public - set(RESERVED["standard_library"]) == set()


def test_the_keywords_are_complete(names: tuple[list[str], list[str]]) -> None:
    lower = {name for name in names[1] if name.islower()}
    assert lower - set(RESERVED["keywords"]) == set()


@pytest.mark.parametrize(
    "name", ["keywords", "standard_library", "dependencies", "layout", "windows"]
)
def test_lists_are_sorted_and_hold_each_name_once(name: str) -> None:
    assert sorted(set(RESERVED[name]), key=str.lower) == sorted(
        RESERVED[name], key=str.lower
    )
