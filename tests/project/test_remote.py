"""What a project remembers of a checkout's remote: an address, never a secret."""

from __future__ import annotations

from pathlib import Path

import pytest
from copier._vcs import get_repo
from tests.support.render import git

from groundplan.project.remote import public_address, public_remote

HTTPS = "https://example.com/a/b.git"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (HTTPS, HTTPS),
        ("https://user:secret@example.com/a/b.git", HTTPS),
        ("https://ghp_secret@example.com/a/b.git", HTTPS),
        ("https://example.com:8443/a/b", "git+https://example.com:8443/a/b"),
        ("https://example.com/a/b.git?token=secret", ""),
        ("https://example.com:no/a/b.git", ""),
        ("git@github.com:a/b.git", "git@github.com:a/b.git"),
        ("me@example.com:a/b", "git+me@example.com:a/b"),
        ("ssh://git:secret@example.com/a/b.git", "ssh://git@example.com/a/b.git"),
        ("http://localhost:3000/a/b.git", ""),
        ("http://127.0.0.1/a/b.git", ""),
        ("file:///srv/a.git", ""),
        ("/srv/a.git", ""),
        ("../a", ""),
        ("C:\\a\\b", ""),
        ("", ""),
    ],
)
def test_an_address_has_no_secret_and_leads_somewhere(url: str, address: str) -> None:
    found = public_address(url)
    assert found == address
    assert "secret" not in found
    if found:
        assert get_repo(found) == found.removeprefix("git+")


def test_the_remote_is_origin_or_the_only_one(tmp_path: Path) -> None:
    assert public_remote(tmp_path) == ""
    git(tmp_path, "init", "--quiet")
    assert public_remote(tmp_path) == ""
    git(tmp_path, "remote", "add", "upstream", HTTPS)
    assert public_remote(tmp_path) == HTTPS
    git(tmp_path, "remote", "add", "fork", "https://example.com/fork.git")
    assert public_remote(tmp_path) == ""
    git(tmp_path, "remote", "add", "origin", "https://example.com/origin.git")
    assert public_remote(tmp_path) == "https://example.com/origin.git"
