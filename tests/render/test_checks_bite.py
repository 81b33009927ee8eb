"""What a rendered project holds itself to really fails when somebody breaks it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support.layers import PACKAGE
from tests.support.paths import TEMPLATE
from tests.support.tools import Done, execute

pytestmark = pytest.mark.slow

SOURCE = f"src/{PACKAGE}/planted.py"
KEY = "-----BEGIN " + "RSA PRIVATE KEY-----\\nMIIEpAIBAAKCAQEA\\n"

COPIED = (
    TEMPLATE.joinpath("{{ use.base }}/src/{{ package }}/resilience/disk.py")
    .read_text()
    .rpartition("\ndef ")[2]
)
"""The last function of a file that every project has."""


@dataclass(frozen=True)
class Fault:
    """Something that a colleague commits by mistake, and the recipe that finds it."""

    path: str
    text: str
    recipe: str
    says: str


FAULTS = {
    "secret": Fault(SOURCE, f'"""Keys."""\n\nKEY = "{KEY}"\n', "scan", "Private Key"),
    "insecure code": Fault(
        SOURCE,
        '"""Sums."""\n\nimport hashlib\n\nSUM = hashlib.md5(b"text").hexdigest()\n',
        "scan",
        "planted.py",
    ),
    "type error": Fault(
        SOURCE, '"""Counts."""\n\nCOUNT: int = "three"\n', "typecheck", "planted.py"
    ),
    "lint error": Fault(SOURCE, '"""Prints."""\n\nprint("hello")\n', "lint", "T201"),
    "copied function": Fault(
        SOURCE,
        '"""Copied."""\n\n\ndef ' + COPIED,
        "duplicates",
        "duplicate-code",
    ),
    "overlong file": Fault(
        SOURCE, '"""Counts."""\n\n' + "print(1)\n" * 400, "duplicates", "too-many-lines"
    ),
    "unformatted file": Fault(
        SOURCE, '"""Adds."""\n\nTOTAL = (1 +\n  2)\n', "lint", "would be reformatted"
    ),
    "red test": Fault(
        "tests/unit/test_planted.py",
        '"""Red."""\n\n\ndef test_planted() -> None:\n    assert 1 == 2\n',
        "test tests/unit/test_planted.py",
        "test_planted",
    ),
    "broken workflow": Fault(
        ".github/workflows/planted.yml",
        "name: Planted\non:\n  push:\njobs:\n  one:\n    steps:\n      - run: ls\n",
        "configs",
        "planted.yml",
    ),
    "workflow that leaks": Fault(
        ".github/workflows/planted.yml",
        "name: Planted\non:\n  pull_request_target:\npermissions: write-all\njobs:\n"
        "  one:\n    runs-on: ubuntu-24.04\n    steps:\n"
        "      - run: echo ${{ github.event.pull_request.title }}\n",
        "configs",
        "planted.yml",
    ),
    "broken link in the documentation": Fault(
        "docs/index.md", "# Start\n\n[nowhere](nowhere.md)\n", "docs-build", "nowhere"
    ),
}


def just(project: Path, *recipe: str) -> Done:
    return execute(project, "uv", "run", "just", *recipe, UV_NO_SYNC="1")


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_found(fault: Fault, workplace: Path) -> None:
    path = workplace / fault.path
    path.write_text(fault.text)
    done = just(workplace, *fault.recipe.split())
    assert done.returncode != 0, f"nothing found:\n{done.stdout[-4000:]}"
    assert fault.says in done.stdout


def test_every_recipe_that_finds_a_fault_is_part_of_check(workplace: Path) -> None:
    check = just(workplace, "--show", "check").stdout
    recipes = {fault.recipe.split()[0] for fault in FAULTS.values()}
    assert {name for name in recipes if name not in check} == set()


def test_check_fails_when_one_of_its_parts_fails(workplace: Path) -> None:
    (workplace / SOURCE).write_text(FAULTS["lint error"].text)
    gates = ("uv", "run", "python", "scripts/gates.py", "lint", "docs-build")
    done = execute(workplace, *gates, UV_NO_SYNC="1")
    assert done.returncode != 0
    assert "T201" in done.stdout
