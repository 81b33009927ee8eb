"""The scan of the history finds what was committed once and removed since."""

import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[3]
SCRIPT: Final = ROOT / "scripts/scan_history.sh"

pytestmark = pytest.mark.skipif(
    os.name == "nt" or shutil.which("git") is None, reason="needs git and a POSIX shell"
)


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    tools = Path(sys.executable).parent
    environment = {
        "GIT_AUTHOR_NAME": "Test",
        "GIT_AUTHOR_EMAIL": "test@example.com",
        "GIT_COMMITTER_NAME": "Test",
        "GIT_COMMITTER_EMAIL": "test@example.com",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "HOME": str(folder),
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
    }
    return subprocess.run(  # noqa: S603 - fixed commands
        command,
        capture_output=True,
        check=False,
        cwd=folder,
        env=environment,
        text=True,
        timeout=60,
    )


def commit(folder: Path, text: str) -> None:
    (folder / "settings.py").write_text(text)
    run(folder, "git", "add", "--all")
    result = run(folder, "git", "commit", "--quiet", "--message", "test: change")
    assert result.returncode == 0, result.stderr


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    shutil.copy(ROOT / ".secrets.baseline", tmp_path)
    run(tmp_path, "git", "init", "--quiet")
    commit(tmp_path, "TIMEOUT = 3\n")
    return tmp_path


def test_a_clean_history_passes(repository: Path) -> None:
    result = run(repository, "sh", str(SCRIPT))

    assert result.returncode == 0, result.stdout


def test_a_removed_secret_is_still_found(repository: Path) -> None:
    planted = secrets.token_hex(32)
    commit(repository, f'API_KEY = "{planted}"\n')
    commit(repository, "TIMEOUT = 4\n")

    result = run(repository, "sh", str(SCRIPT))

    assert result.returncode != 0
    assert "history" in result.stdout
    assert planted not in result.stdout
