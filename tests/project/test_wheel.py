"""An installed wheel makes and updates projects without a checkout or a network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest
import yaml
from tests.support.paths import tracked_files
from tests.support.render import GIT_ENVIRONMENT, commit, content, git

from groundplan.project.source import PUBLIC_ADDRESS
from groundplan.project.steps import uv_binary

ROOT = Path(__file__).resolve().parents[2]
# Nothing on the network answers: every proxy is a port that nobody listens at.
OFFLINE = {
    "https_proxy": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
    "GIT_TERMINAL_PROMPT": "0",
}

pytestmark = pytest.mark.slow


def run(
    *command: str, cwd: Path, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program without the user's git configuration."""
    return subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **GIT_ENVIRONMENT, **(environment or {})},
    )


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This working tree, committed in a repository of its own with a release tag."""
    folder = tmp_path_factory.mktemp("clone")
    for path in tracked_files():
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy, follow_symlinks=False)
    commit(folder, "everything")
    git(folder, "tag", "v0.1.0")
    (folder / "README.md").write_text("after the tag\n", encoding="utf-8")
    commit(folder, "after the tag")
    return folder


@pytest.fixture(scope="module")
def wheel(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that its sdist builds."""
    folder = tmp_path_factory.mktemp("dist")
    done = run(uv_binary(), "build", "--out-dir", str(folder), cwd=clone)
    if "Failed to resolve requirements" in done.stderr:
        pytest.skip(f"the build backend cannot be had here: {done.stderr}")
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that has the wheel and no checkout."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    programs = folder / "bin"
    # The dependencies are those of this environment: only the wheel is new.
    site = next((folder / "lib").glob("python*/site-packages"))
    packages = Path(yaml.__file__).parents[1]
    (site / "dependencies.pth").write_text(f"{packages}\n", encoding="utf-8")
    target = ("--no-deps", "--python", str(programs / "python"))
    done = run(uv_binary(), "pip", "install", *target, str(wheel), cwd=folder)
    assert done.returncode == 0, done.stderr
    return programs


@pytest.fixture(scope="module")
def project(scripts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the wheel's command makes, offline."""
    folder = tmp_path_factory.mktemp("projects")
    done = run(
        *(str(scripts / "groundplan"), "new", "demo", "--defaults", "--no-install"),
        cwd=folder,
        environment=OFFLINE,
    )
    assert done.returncode == 0, done.stderr
    return folder / "demo"


def test_the_project_names_the_public_address(project: Path) -> None:
    answers = yaml.safe_load((project / ".copier-answers.yml").read_text())
    assert answers["_src_path"] == PUBLIC_ADDRESS
    assert answers["_commit"].startswith("v0.1.0-1-g")


def test_plain_copier_updates_it_offline(
    project: Path, scripts: Path, tmp_path: Path
) -> None:
    bundle = next(scripts.parent.glob("lib/python*/site-packages/groundplan/*.bundle"))
    before = content(project)
    done = run(
        *(sys.executable, "-m", "copier", "update", "--defaults"),
        *("--vcs-ref", "HEAD"),
        cwd=project,
        environment={
            **OFFLINE,
            "COPIER_CACHE_DIR": str(tmp_path),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{bundle}.insteadOf",
            "GIT_CONFIG_VALUE_0": PUBLIC_ADDRESS,
        },
    )
    assert done.returncode == 0, done.stderr
    assert content(project) == before
    assert git(project, "status", "--porcelain") == ""


def test_a_template_that_is_in_no_commit_is_not_built(
    clone: Path, tmp_path: Path
) -> None:
    dirty = tmp_path / "dirty"
    shutil.copytree(clone, dirty)
    (dirty / "template" / "more.txt").touch()
    done = run(uv_binary(), "build", "--wheel", "-o", str(tmp_path / "d"), cwd=dirty)
    assert done.returncode != 0
    assert "commit them first" in done.stderr


def test_a_shallow_clone_is_not_built(clone: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{clone}", "shallow")
    shallow = tmp_path / "shallow"
    done = run(uv_binary(), "build", "--wheel", "-o", str(tmp_path / "d"), cwd=shallow)
    assert done.returncode != 0
    assert "the clone is shallow" in done.stderr


def test_plain_files_are_not_built(clone: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    shutil.copytree(clone, plain, ignore=shutil.ignore_patterns(".git"))
    done = run(uv_binary(), "build", "--wheel", "-o", str(tmp_path / "d"), cwd=plain)
    assert done.returncode != 0
    assert "neither a git checkout nor an sdist" in done.stderr
