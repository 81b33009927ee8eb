"""A release saves the database before it changes it."""

import os
import subprocess
from pathlib import Path
from typing import Final

import pytest

SCRIPT: Final = Path(__file__).parents[3] / "ops/deploy.sh"
BACKUP: Final = "compose run --rm --env DRY_RUN_MODE=false cli backup run --required"
MIGRATION: Final = "compose run --rm migrate"
# Takes the place of docker: notes each call; a backup fails where there is `no-bucket`.
DOCKER: Final = """#!/bin/sh
echo "$*" >> calls
case "$*" in *"backup run"*) [ ! -e no-bucket ] ;; esac
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")


def deploy(folder: Path, **environment: str) -> tuple[int, str, list[str]]:
    """Run the script in a folder; returns its exit code, its words, docker's calls."""
    program = folder / "bin/docker"
    program.parent.mkdir(exist_ok=True)
    program.write_text(DOCKER)
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(  # noqa: S603 - a fixed command
        ["sh", SCRIPT],  # noqa: S607 - from PATH
        capture_output=True,
        check=False,
        cwd=folder,
        env={**os.environ, "IMAGE": "service:2", "PATH": path, **environment},
        text=True,
    )
    return done.returncode, done.stderr, (folder / "calls").read_text().splitlines()


def test_the_backup_is_made_before_the_migration(tmp_path: Path) -> None:
    code, _, calls = deploy(tmp_path)

    assert code == 0
    assert calls.index(BACKUP) < calls.index(MIGRATION)


def test_without_a_backup_nothing_is_changed(tmp_path: Path) -> None:
    (tmp_path / "no-bucket").touch()

    code, said, calls = deploy(tmp_path)

    assert code == 1
    assert "WITHOUT_BACKUP=yes" in said
    assert calls[-1] == BACKUP
    assert not (tmp_path / ".env").exists()


def test_who_goes_on_without_a_backup_says_so(tmp_path: Path) -> None:
    (tmp_path / "no-bucket").touch()

    code, said, calls = deploy(tmp_path, WITHOUT_BACKUP="yes")

    assert code == 0
    assert "migrates without a backup" in said
    assert MIGRATION in calls
    assert BACKUP not in calls
