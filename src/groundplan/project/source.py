"""Where the template comes from: this checkout, or the bundle inside the wheel.

Both are git repositories, so that every project knows the commit it came from and
a later `copier update` can compare. An installed wheel carries its history as one
git bundle; its projects name the public address. Those of a checkout name the public
address of its remote, and the checkout's folder only where it has none.

Files are read from the commit itself: no setting of git changes a byte of them.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import EnvironmentProblemError, GitMissingError, TemplateError
from ..grid.load import PACKAGE
from .git import read_blobs, run_git
from .remote import public_remote
from .scratch import temporary

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

PUBLIC_ADDRESS = "https://github.com/groundplan/groundplan.git"
BUNDLE = PACKAGE / "template.bundle"
CHECKOUT = PACKAGE.parents[1]
# All that rendering reads; tests and docs stay packed.
PARTS = ("copier.yml", "template", "src/groundplan/grid")


# The modes of files in a commit.
_FILE, _PROGRAM = "100644", "100755"


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
    """The template's files at one commit.

    Attributes:
        files: Their bytes, by their path from the repository's root.
        executable: The paths of those that can be run.
        address: What the project remembers as `_src_path`.
        commit: What it remembers as `_commit`: a tag, or a description of the commit.
    """

    files: Mapping[str, bytes]
    executable: frozenset[str]
    address: str
    commit: str


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
    """The template's committed files, for as long as they are needed.

    Raises:
        GitMissingError: There is no git.
        TemplateError: The repository cannot be read.
        TargetError: The temporary directory is full or cannot be written.
    """
    try:
        with _unbundled(source) as repository:
            read = _read(source, repository)
    except GitMissingError:
        raise
    except EnvironmentProblemError as problem:
        raise TemplateError(problem.message, problem.hint) from problem
    yield read


@contextmanager
def _unbundled(source: TemplateSource) -> Generator[Path]:
    """The repository that git can read objects from."""
    if not source.is_bundle:
        yield source.repository
        return
    with temporary("template") as directory:
        folder = directory / "bundled.git"
        clone = ("clone", "--quiet", "--bare", "--template=", "--")
        run_git(*clone, str(source.repository), str(folder))
        yield folder


def _read(source: TemplateSource, repository: Path) -> CheckedOut:
    listed = run_git("ls-tree", "-r", "-z", "HEAD", "--", *PARTS, cwd=repository)
    entries = [line.partition("\t")[::2] for line in listed.split("\0") if line]
    modes = {name: facts.split(" ")[0] for facts, name in entries}
    for name, mode in modes.items():
        if mode not in {_FILE, _PROGRAM}:
            message = f"the template has a symbolic link: {name}."
            raise TemplateError(message, "write a file instead")
    contents = read_blobs(repository, (facts.split(" ")[2] for facts, _ in entries))
    return CheckedOut(
        files=dict(zip(modes, contents, strict=True)),
        executable=frozenset(name for name in modes if modes[name] == _PROGRAM),
        address=source.address,
        commit=run_git("describe", "--tags", "--always", cwd=repository),
    )
