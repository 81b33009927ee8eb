"""Keeps compiled templates from one run to the next.

Compiled code is executed when it is read back. So it is kept only in a directory that
belongs to this user and that nobody else may enter; Jinja itself compares the text that
a file was compiled from, and takes nothing that was compiled from another one.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from jinja2 import FileSystemBytecodeCache

from .. import __version__

if TYPE_CHECKING:
    from jinja2.bccache import Bucket

MOST = 4_000
"""Files in the directory beyond which it is emptied: old templates fill it."""


class _Cache(FileSystemBytecodeCache):
    """Jinja's own, for which a full or broken disk is no reason to stop."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read what was compiled, if it can be read."""
        try:
            super().load_bytecode(bucket)
        except (OSError, EOFError, ValueError, TypeError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled, if there is room for it."""
        try:
            super().dump_bytecode(bucket)
        except OSError:
            bucket.reset()


def bytecode_cache() -> FileSystemBytecodeCache | None:
    """The cache of this user; None where none can be trusted or made."""
    if os.name != "posix":
        return None
    version = f"jinja-{jinja2.__version__}-{sys.implementation.cache_tag}"
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    try:
        ours = Path(home).expanduser().resolve() / "groundplan"
        directory = ours / f"{__version__}-{version}"
        for path in (ours, directory):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _is_private(path):
                return None
        if len(os.listdir(directory)) > MOST:  # noqa: PTH208 - only counted
            shutil.rmtree(directory)
            directory.mkdir(mode=0o700)
    except (OSError, RuntimeError):
        return None
    return _Cache(str(directory), "%s.cache")


def _is_private(path: Path) -> bool:
    """Whether this user alone owns the directory itself, and may change it."""
    facts = path.lstat()
    others = stat.S_IRWXG | stat.S_IRWXO
    is_own = stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.getuid()
    return is_own and not facts.st_mode & others
