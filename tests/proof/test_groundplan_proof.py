"""A test module runs again when any of its inputs changed, and only then."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FILES = {
    "pyproject.toml": """\
[tool.pytest.ini_options]
addopts = ["--import-mode=importlib", "-p", "no:cacheprovider"]
pythonpath = [".", "src"]
""",
    "src/service/__init__.py": "",
    "src/service/sums.py": """\
from .numbers import ONE

def two():
    return ONE + ONE
""",
    "src/service/numbers.py": "ONE = 1\n",
    "src/service/words.py": "def word():\n    return 'word'\n",
    "data/rates.txt": "7",
    "data/unread.txt": "1",
    "tests/conftest.py": """\
pytest_plugins = ["tests.fixtures.rates", "tests.fixtures.words"]
""",
    "tests/fixtures/rates.py": """\
from pathlib import Path
import pytest

@pytest.fixture(scope="session")
def rates():
    return Path("data/rates.txt").read_text()
""",
    "tests/fixtures/words.py": """\
import pytest
from service.words import word

@pytest.fixture
def a_word():
    return word()
""",
    "tests/unit/test_sums.py": """\
from service.sums import two

def test_two():
    assert two() == 2
""",
    "tests/unit/test_rates.py": """\
def test_rates(rates):
    assert rates
""",
    "tests/unit/test_words.py": """\
def test_words(a_word):
    assert a_word
""",
    "tests/unit/test_paths.py": """\
from pathlib import Path

def test_there_is_no_such_file():
    assert not Path("data/new.txt").exists()
    assert len(list(Path("docs").iterdir())) if Path("docs").exists() else True
""",
    "tests/unit/test_program.py": """\
import subprocess, sys

def test_program():
    subprocess.run([sys.executable, "-c", "print()"], check=True)
""",
    "tests/unit/test_named.py": """\
from importlib import import_module

def test_named():
    assert import_module("service.words").word()
""",
    "tests/e2e/test_whole.py": "def test_whole():\n    pass\n",
}
ALL = {Path(name).stem for name in FILES if "/test_" in name}
WHOLE = {"test_program", "test_named", "test_whole"}
"""They run at every change: what they depend on cannot be known, or they always do."""


class Service:
    """A project in small, and its test runs."""

    def __init__(self, root: Path, store: Path) -> None:
        """Write the files that it has not."""
        self.root, self.store = root, store
        for name, text in FILES.items():
            if not (root / name).exists():
                self.write(name, text)

    def write(self, name: str, text: str) -> None:
        """Write one of its files."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def test(self, *arguments: str, mode: str = "use", status: int = 0) -> set[str]:
        """Run its tests; return the modules of which something ran."""
        plugin = Path(__file__).parent
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-v",
                "-p",
                "groundplan_proof",
                *arguments,
            ],
            executable=sys.executable,
            cwd=self.root,
            capture_output=True,
            check=False,
            text=True,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONPATH": str(plugin),
                "GROUNDPLAN_PROOF_STORE": str(self.store),
                "GROUNDPLAN_PROOF_MODE": mode,
                "GROUNDPLAN_PROOF_COUNTS": str(self.store / "counts"),
            },
        )
        assert done.returncode == status, done.stdout + done.stderr
        lines = [line for line in done.stdout.splitlines() if "::" in line]
        return {name for name in ALL if any(f"{name}.py::" in line for line in lines)}


@pytest.fixture(scope="module")
def proven(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a project whose tests have passed once, and the proof of it."""
    folder = tmp_path_factory.mktemp("proven")
    assert Service(folder / "service", folder / "store").test() == ALL
    return folder


@pytest.fixture
def service(proven: Path, tmp_path: Path) -> Service:
    """A copy of that project, and of the proof."""
    shutil.copytree(proven, tmp_path, dirs_exist_ok=True)
    return Service(tmp_path / "service", tmp_path / "store")


def test_nothing_is_proven_twice(service: Service) -> None:
    assert service.test() == {"test_whole"}
    counts = json.loads((service.store / "counts").read_text())
    assert counts == {"tests": len(ALL), "left_out": len(ALL) - 1}


def test_all_run_where_coverage_is_measured(service: Service) -> None:
    assert service.test(mode="record") == ALL


def test_a_project_with_the_same_files_elsewhere_is_proven(
    service: Service, tmp_path: Path
) -> None:
    assert Service(tmp_path / "copy", service.store).test() == {"test_whole"}


@pytest.mark.parametrize(
    ("name", "text", "again"),
    [
        (
            "tests/unit/test_sums.py",
            FILES["tests/unit/test_sums.py"] + "\n",
            {"test_sums"},
        ),
        ("src/service/numbers.py", "ONE = 1  # the first\n", {"test_sums"}),
        ("src/service/__init__.py", "# empty\n", {"test_sums", "test_words"}),
        ("src/service/words.py", "def word():\n    return 'w'\n", {"test_words"}),
        (
            "tests/fixtures/words.py",
            FILES["tests/fixtures/words.py"] + "\n",
            {"test_words"},
        ),
        ("data/rates.txt", "8", {"test_rates"}),
        ("data/new.txt.bak", "", set[str]()),
        ("docs/page.md", "", {"test_paths"}),
        ("data/unread.txt", "2", set[str]()),
        ("tests/conftest.py", FILES["tests/conftest.py"] + "\n", ALL),
        ("pyproject.toml", FILES["pyproject.toml"] + "minversion = '8'\n", ALL),
        ("pyproject.toml", FILES["pyproject.toml"] + "[tool.other]\n", set[str]()),
    ],
)
def test_what_changed_runs_again(
    service: Service, name: str, text: str, again: set[str]
) -> None:
    service.write(name, text)
    assert service.test() == again | WHOLE


def test_what_appears_where_it_was_looked_for_runs_again(service: Service) -> None:
    service.write("data/new.txt", "")
    assert "test_paths" in service.test(status=1)


def test_what_failed_is_not_proven(service: Service) -> None:
    service.write("src/service/numbers.py", "ONE = 2\n")
    assert service.test(status=1) == {"test_sums"} | WHOLE
    assert "test_sums" in service.test(status=1)


def test_what_ran_in_part_is_not_proven(service: Service) -> None:
    more = FILES["tests/unit/test_sums.py"] + "\ndef test_one():\n    pass\n"
    service.write("tests/unit/test_sums.py", more)
    service.test("-k", "test_one")
    assert service.test() == {"test_sums"} | WHOLE
    assert service.test() == {"test_whole"}


def test_processes_share_what_they_prove(service: Service) -> None:
    service.write("src/service/numbers.py", "ONE = 1  # again\n")
    service.test("-n", "2")
    assert service.test("-n", "2") == {"test_whole"}
