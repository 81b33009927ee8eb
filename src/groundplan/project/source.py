"""Where the template comes from: this checkout, or the bundle inside the wheel.

Both are git repositories, so that every project knows the commit it came from and
a later `copier update` can compare. An installed wheel carries its history as one
git bundle; its projects name the public address, never a path on this machine.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ..errors import EnvironmentProblemError, GitMissingError, TemplateError
from ..grid.load import PACKAGE
from .git import run_git
from .scratch import scratch

if TYPE_CHECKING:
    from collections.abc import Generator

PUBLIC_ADDRESS = "https://github.com/groundplan/groundplan.git"
BUNDLE = PACKAGE / "template.bundle"
CHECKOUT = PACKAGE.parents[1]
KEEPS_MODES = os.name == "posix"
# All that rendering reads; tests and docs stay packed.
PARTS = ("copier.yml", "template", "src/groundplan/grid")


@dataclass(frozen=True)
class TemplateSource:
    """A git repository that holds the template.

    Attributes:
        repository: A checkout's root, or a bundle file.
        address: What the project remembers as `_src_path`.
    """

    repository: Path
    address: str

    @property
    def is_bundle(self) -> bool:
        """Whether this is the bundle of an installed wheel."""
        return self.repository.is_file()

    def git_environment(self) -> dict[str, str]:
        """Variables with which git reads the bundle instead of the public address."""
        if not self.is_bundle:
            return {}
        return {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{self.repository.as_posix()}.insteadOf",
            "GIT_CONFIG_VALUE_0": self.address,
        }

    def uncommitted(self) -> list[str]:
        """Changes to the template that are in no commit, and so in no project."""
        if self.is_bundle:
            return []
        lines = run_git("status", "--porcelain", "--", *PARTS, cwd=self.repository)
        return lines.splitlines()


@dataclass(frozen=True)
class CheckedOut:
    """The template's files at one commit, in a directory that will be removed.

    Attributes:
        path: The directory; it has `copier.yml` at its root.
        address: What the project remembers as `_src_path`.
        commit: What it remembers as `_commit`: a tag, or a description of the commit.
        modes: Modes from the index, where the file system keeps none (Windows).
    """

    path: Path
    address: str
    commit: str
    modes: dict[PurePosixPath, int] = field(default_factory=dict[PurePosixPath, int])


def find_source() -> TemplateSource:
    """The template that belongs to this installation.

    Raises:
        TemplateError: Neither a git checkout nor a wheel with its bundle.
    """
    if BUNDLE.is_file():
        return TemplateSource(BUNDLE, PUBLIC_ADDRESS)
    if (CHECKOUT / "copier.yml").is_file() and (CHECKOUT / ".git").exists():
        return TemplateSource(CHECKOUT, str(CHECKOUT))
    message = f"{CHECKOUT} is no git checkout, so no project could be updated later."
    raise TemplateError(message, f"install Groundplan from git+{PUBLIC_ADDRESS}")


@contextmanager
def checked_out(source: TemplateSource) -> Generator[CheckedOut]:
    """Lay the template's committed files on a temporary directory.

    Raises:
        GitMissingError: There is no git.
        TemplateError: The repository cannot be read.
    """
    with scratch(Path(tempfile.gettempdir()), "groundplan-template-") as directory:
        path = directory.resolve() / "template"
        commit = _check_out(source, path)
        yield CheckedOut(path, source.address, commit, index_modes(path))


def _check_out(source: TemplateSource, path: Path) -> str:
    """Clone to `path`; return the commit's tag or description."""
    sharing = () if source.is_bundle else ("--shared",)
    try:
        run_git(
            *("-c", "init.templateDir=", "clone", "--quiet", "--no-checkout"),
            *(*sharing, "--", str(source.repository), str(path)),
        )
        run_git("checkout", "--quiet", "HEAD", "--", *PARTS, cwd=path)
        return run_git("describe", "--tags", "--always", cwd=path)
    except GitMissingError:
        raise
    except EnvironmentProblemError as problem:
        raise TemplateError(problem.message, problem.hint) from problem


def index_modes(path: Path) -> dict[PurePosixPath, int]:
    """The executable bits of the index; a POSIX file system has them itself."""
    if KEEPS_MODES:
        return {}
    lines = run_git("ls-files", "--stage", cwd=path).splitlines()
    entries = (line.partition("\t") for line in lines)
    return {PurePosixPath(name): int(meta[:6], 8) for meta, _, name in entries}
