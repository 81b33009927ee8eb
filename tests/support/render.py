"""Rendering in tests: the working tree's template, laid on a folder by Copier."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from copier import Settings, run_copy
from tests.support.paths import ROOT, tracked_files

NAME = "Sample Service"
DATE = "2026-01-31"
KICKOFF = {"project_name": NAME, "kickoff_date": DATE}

GIT_ENVIRONMENT = {
    "GIT_AUTHOR_NAME": "Test",
    "GIT_AUTHOR_EMAIL": "test@example.com",
    "GIT_COMMITTER_NAME": "Test",
    "GIT_COMMITTER_EMAIL": "test@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


def git(folder: Path, *arguments: str) -> str:
    """Run Git in a folder, without the user's own configuration; return its output."""
    return subprocess.run(
        ["git", "-c", "core.autocrlf=false", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **GIT_ENVIRONMENT},
    ).stdout


def commit(folder: Path, message: str) -> None:
    """Make the folder a repository, if it is none, and commit everything in it.

    Without a project's hooks, which need its environment to be in step with its files.
    """
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--no-verify", "--message", message)


def snapshot(target: Path, *, with_template: bool = True) -> Path:
    """Copy what Copier reads of the working tree: questions, rows and template.

    Without the template only the answers file is written, which is enough to see
    whether the questions accept some answers, and takes milliseconds.
    """
    for path in tracked_files("copier.yml", "src/groundplan/grid", "template"):
        relative = path.relative_to(ROOT)
        is_body = relative.parts[0] == "template" and "answers_file" not in path.name
        if is_body and not with_template:
            continue
        copy = target / relative
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy, follow_symlinks=False)
    return target


def render(
    source: Path, target: Path, data: Mapping[str, Any], *, version: str | None = None
) -> Path:
    """Render with these answers and the defaults, without trusting the template."""
    run_copy(
        str(source),
        target,
        data={**KICKOFF, **data},
        defaults=True,
        quiet=True,
        unsafe=False,
        settings=Settings(),
        vcs_ref=version,
    )
    return target


SKIPPED = {".git", ".venv", "__pycache__"}
BOOKKEEPING = ("_commit:", "_src_path:")


def files(folder: Path) -> Iterator[Path]:
    """Yield the project's files, relative to it, sorted."""
    for directory, subfolders, names in os.walk(folder):
        subfolders[:] = sorted(set(subfolders) - SKIPPED)
        for name in sorted(names):
            yield (Path(directory) / name).relative_to(folder)


def content(folder: Path) -> dict[str, bytes]:
    """Return every file's bytes, but for the template's address and version."""
    found: dict[str, bytes] = {}
    for path in files(folder):
        data = (folder / path).read_bytes()
        if path.name == ".copier-answers.yml":
            lines = data.decode().splitlines(keepends=True)
            data = "".join(x for x in lines if not x.startswith(BOOKKEEPING)).encode()
        found[path.as_posix()] = data
    return found


def fingerprint(folder: Path) -> str:
    """Return a hash of the rendered files, leaving out the answers themselves."""
    digest = hashlib.sha256()
    for name, data in content(folder).items():
        if name != ".copier-answers.yml":
            digest.update(f"{name}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()
