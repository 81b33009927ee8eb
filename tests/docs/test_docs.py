"""The documentation says what the code says."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tests.support.paths import ROOT, tracked_files
from tests.support.tools import execute, tool

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
DECISIONS = ROOT / "docs" / "decisions"


def test_the_reference_pages_are_fresh() -> None:
    script = str(ROOT / "scripts" / "reference.py")
    done = execute(ROOT, sys.executable, script, "--check")
    assert done.returncode == 0, done.stdout


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    # Not quietly: what is not printed does not count as a warning.
    arguments = ("build", "--strict", "--site-dir", str(tmp_path / "site"))
    done = execute(ROOT, tool("mkdocs"), *arguments, NO_MKDOCS_2_WARNING="1")
    assert done.returncode == 0, done.stdout
    assert (tmp_path / "site" / "reference" / "grid" / "index.html").exists()


def test_links_between_files_lead_somewhere() -> None:
    pages = list(ROOT.glob("*.md")) + list(ROOT.glob("docs/**/*.md"))
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in LINK.findall(page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert not broken


def test_every_decision_is_listed_and_numbered_once() -> None:
    listed = LINK.findall((DECISIONS / "index.md").read_text())
    files = sorted(p.name for p in DECISIONS.glob("*.md") if p.name != "index.md")
    assert sorted(listed) == files
    numbers = [int(name[:4]) for name in files]
    assert numbers == list(range(1, len(files) + 1))


def test_paths_in_the_readme_exist() -> None:
    text = (ROOT / "README.md").read_text()
    table = text.partition("## Where is X decided")[2].partition("## ")[0]
    named = re.findall(r"`((?:src|tests|docs)/[^`<]+)`", table)
    assert named
    assert not [path for path in named if not (ROOT / path).exists()]


def test_ci_calls_the_readmes_test_command() -> None:
    first_block = (ROOT / "README.md").read_text().split("```")[1]
    command = first_block.strip().splitlines()[-1]
    assert command.endswith("just test")
    assert command in (ROOT / ".ci" / "run").read_text()


def test_no_page_copies_from_a_path_that_the_project_cannot_follow() -> None:
    """The project remembers the address as it was given."""
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    text = "".join(page.read_text() for page in pages)
    addresses = re.findall(r"copier copy +(\S+)", text)
    assert addresses
    assert not [address for address in addresses if address[0] not in '<"h']


def test_nothing_is_left_open() -> None:
    words = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")
    skipped = {"uv.lock"}
    found = [
        str(path.relative_to(ROOT))
        for path in tracked_files()
        if path.name not in skipped
        and words.search(path.read_bytes().decode(errors="replace"))
    ]
    assert not found
