"""Where the template comes from: this checkout, or the bundle inside the wheel.

Both are git repositories, so that every project knows the commit it came from and
a later `copier update` can compare. An installed wheel carries its history as one
git bundle; its projects name the public address. Those of a checkout name the public
address of its remote, and the checkout's folder only where it has none.

Files are read from the commit itself: no setting of git changes a byte of them.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ..errors import EnvironmentProblemError, GitMissingError, TemplateError
from ..grid.load import PACKAGE
from .git import read_blobs, run_git
from .remote import public_remote
from .scratch import temporary, temporary_problem

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

PUBLIC_ADDRESS = "https://github.com/groundplan/groundplan.git"
BUNDLE = PACKAGE / "template.bundle"
CHECKOUT = PACKAGE.parents[1]
KEEPS_MODES = os.name == "posix"
# All that rendering reads; tests and docs stay packed.
PARTS = ("copier.yml", "template", "src/groundplan/grid")


def _opener(mode: int) -> Callable[[str, int], int]:
    return lambda path, flags: os.open(path, flags, mode)


# The modes of files in a commit, and how such a file is made; the umask has its say.
_FILES = {"100644": _opener(0o666), "100755": _opener(0o777)}


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

    @property
    def is_public(self) -> bool:
        """Whether other machines find the template by its address."""
        return self.address != str(self.repository)

    def uncommitted(self) -> list[str]:
        """Changes to the template that are in no commit, and so in no project."""
        if self.is_bundle:
            return []
        status = ("status", "--porcelain", "--untracked-files=normal", "--", *PARTS)
        return run_git(*status, cwd=self.repository).splitlines()

    def is_published(self) -> bool:
        """Whether the commit is known to be where the address leads."""
        if self.is_bundle:
            return True
        remotes = ("for-each-ref", "--count=1", "--contains=HEAD", "refs/remotes")
        return bool(run_git(*remotes, cwd=self.repository))


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
        return TemplateSource(CHECKOUT, public_remote(CHECKOUT) or str(CHECKOUT))
    message = f"{CHECKOUT} is no git checkout, so no project could be updated later."
    raise TemplateError(message, f"install Groundplan from git+{PUBLIC_ADDRESS}")


@contextmanager
def checked_out(source: TemplateSource) -> Generator[CheckedOut]:
    """Lay the template's committed files on a temporary directory.

    Raises:
        GitMissingError: There is no git.
        TemplateError: The repository cannot be read.
        TargetError: The temporary directory is full or cannot be written.
    """
    with temporary("template") as directory:
        try:
            checked = _prepared(source, directory.resolve())
        except OSError as problem:
            raise temporary_problem(problem) from problem
        yield checked


def _prepared(source: TemplateSource, directory: Path) -> CheckedOut:
    try:
        repository = _unbundled(source, directory / "bundled.git")
        modes = _lay_out(repository, directory / "template")
        commit = run_git("describe", "--tags", "--always", cwd=repository)
    except GitMissingError:
        raise
    except EnvironmentProblemError as problem:
        raise TemplateError(problem.message, problem.hint) from problem
    return CheckedOut(directory / "template", source.address, commit, modes)


def _unbundled(source: TemplateSource, folder: Path) -> Path:
    """The repository that git can read objects from."""
    if not source.is_bundle:
        return source.repository
    clone = ("clone", "--quiet", "--bare", "--template=", "--")
    run_git(*clone, str(source.repository), str(folder))
    return folder


def _lay_out(repository: Path, path: Path) -> dict[PurePosixPath, int]:
    """Write the files of the commit; return modes that the file system cannot keep."""
    listed = run_git("ls-tree", "-r", "-z", "HEAD", "--", *PARTS, cwd=repository)
    entries = [line.partition("\t")[::2] for line in listed.split("\0") if line]
    facts = [(*meta.split(" "), name) for meta, name in entries]
    contents = read_blobs(repository, (blob for _, _, blob, _ in facts))
    modes: dict[PurePosixPath, int] = {}
    folders: set[Path] = set()
    for (mode, _, _, name), content in zip(facts, contents, strict=True):
        if mode not in _FILES:
            message = f"the template has a symbolic link: {name}."
            raise TemplateError(message, "write a file instead")
        modes[PurePosixPath(name)] = int(mode, 8)
        file = path / name
        if file.parent not in folders:
            folders.add(file.parent)
            file.parent.mkdir(parents=True, exist_ok=True)
        with open(file, "xb", opener=_FILES[mode]) as opened:
            opened.write(content)
    return {} if KEEPS_MODES else modes
