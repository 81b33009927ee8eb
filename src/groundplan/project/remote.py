"""The address at which other machines find a checkout."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..errors import EnvironmentProblemError
from .git import run_git

if TYPE_CHECKING:
    from pathlib import Path

_SSH = re.compile(r"[A-Za-z0-9._-]+@[A-Za-z0-9][A-Za-z0-9.-]*:[^/\s:?#][^\s:?#]*")
_SCHEMES = {"https", "http", "ssh", "git"}
_HERE = re.compile(r"localhost|127\..*|\[?::1\]?|")
# What Copier takes for an address without being told.
_KNOWN_END = ".git"


def public_remote(repository: Path) -> str:
    """The address of the checkout's remote, as Copier takes it; empty without one.

    Args:
        repository: A checkout's root.
    """
    try:
        listed = run_git("config", "--get-regexp", r"^remote\..*\.url$", cwd=repository)
    except EnvironmentProblemError:
        return ""
    lines = [line.partition(" ") for line in listed.splitlines()]
    urls = {
        key.removeprefix("remote.").removesuffix(".url"): url for key, _, url in lines
    }
    if "origin" not in urls and len(urls) != 1:
        return ""
    return public_address(urls.get("origin") or next(iter(urls.values())))


def public_address(url: str) -> str:
    """A remote's address without credentials; empty when it leads nowhere elsewhere.

    Args:
        url: What git has for the remote: a URL, `user@host:path`, or a folder.
    """
    if _SSH.fullmatch(url):
        return url if url.endswith(_KNOWN_END) else f"git+{url}"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    # A query can carry a token, and no repository needs one.
    if parts.scheme not in _SCHEMES or parts.query or _HERE.fullmatch(host):
        return ""
    # Over ssh the name only says whom to log in as; anywhere else it can be a token.
    user = f"{parts.username}@" if parts.scheme == "ssh" and parts.username else ""
    where = f"{user}{host}" + (f":{port}" if port else "")
    bare = f"{parts.scheme}://{where}{parts.path}"
    return bare if bare.endswith(_KNOWN_END) else f"git+{bare}"
