"""Puts the template's history into the wheel, so that it works without a network.

A project remembers the commit it was rendered from and is updated by comparing
with it; plain files would lose that. One git bundle carries the history, and the
sdist carries the same bundle for whoever builds a wheel from it.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUNDLE = "template.bundle"
TEMPLATE_PARTS = ("copier.yml", "template", "src/groundplan/grid")


class TemplateBundle(BuildHookInterface[Any]):
    """Adds `template.bundle`, and the wheel's copy of `copier.yml`."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make or find the bundle; an editable install reads the checkout itself."""
        if version == "editable":
            return
        root = Path(self.root)
        wheel = self.target_name == "wheel"
        inside = "groundplan/" if wheel else ""
        bundle = self._bundle(root)
        build_data["force_include"][str(bundle)] = f"{inside}{BUNDLE}"
        if wheel:
            questions = str(root / "copier.yml")
            build_data["force_include"][questions] = f"{inside}copier.yml"

    def finalize(
        self, version: str, build_data: dict[str, Any], artifact_path: str
    ) -> None:
        """Remove the bundle that was made for this build."""
        del version, build_data, artifact_path
        folder: tempfile.TemporaryDirectory[str] | None = getattr(self, "_made", None)
        if folder is not None:
            folder.cleanup()

    def _bundle(self, root: Path) -> Path:
        if not (root / ".git").exists():
            carried = root / BUNDLE
            if carried.is_file():
                return carried
            message = (
                f"{root} is neither a git checkout nor an sdist with {BUNDLE}: "
                "build from a clone, so that projects know the commit they come from."
            )
            raise RuntimeError(message)
        _refuse_unusable(root)
        self._made = tempfile.TemporaryDirectory(prefix="groundplan-build-")
        return make_bundle(root, Path(self._made.name))


def make_bundle(root: Path, folder: Path) -> Path:
    """Bundle the checkout's commit as `main`, with the tags that it contains.

    Args:
        root: A git checkout.
        folder: Where to work and to leave the bundle.
    """
    mirror = folder / "mirror.git"
    _git(root, "clone", "--quiet", "--bare", "--shared", "--no-tags", ".", str(mirror))
    head = _git(root, "rev-parse", "HEAD")
    for name in _git(mirror, "for-each-ref", "--format=%(refname)").split():
        _git(mirror, "update-ref", "-d", name)
    _git(mirror, "update-ref", "refs/heads/main", head)
    _git(mirror, "symbolic-ref", "HEAD", "refs/heads/main")
    merged = _git(root, "tag", "--merged", "HEAD").split()
    refs = [f"refs/tags/{tag}:refs/tags/{tag}" for tag in merged]
    if refs:
        _git(mirror, "fetch", "--quiet", str(root), *refs)
    bundle = folder / BUNDLE
    _git(mirror, "bundle", "create", "--quiet", str(bundle), "HEAD", "--all")
    return bundle


def _refuse_unusable(root: Path) -> None:
    if _git(root, "rev-parse", "--is-shallow-repository") == "true":
        message = "the clone is shallow: run `git fetch --unshallow`, then build again."
        raise RuntimeError(message)
    changed = _git(root, "status", "--porcelain", "--", *TEMPLATE_PARTS)
    if changed:
        message = (
            "the template has changes that are in no commit, and so not in the wheel: "
            f"commit them first.\n{changed}"
        )
        raise RuntimeError(message)


def _git(cwd: Path, *arguments: str) -> str:
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"}
    }
    done = subprocess.run(
        ["git", *arguments],
        cwd=cwd,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        message = f"git {' '.join(arguments)} failed:\n{done.stderr.strip()}"
        raise RuntimeError(message)
    return done.stdout.strip()
