"""Git runs apart from the caller's own git environment, and its failures are ours."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tests.support.render import commit

from groundplan.errors import EnvironmentProblemError, GitMissingError
from groundplan.project.git import clean_environment, git_setting, read_blobs, run_git


def test_an_outer_repository_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    commit(tmp_path, "first")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert "GIT_DIR" not in clean_environment()
    assert run_git("log", "--format=%s", cwd=tmp_path) == "first"


def test_more_variables_are_added() -> None:
    assert clean_environment({"EXTRA": "1"})["EXTRA"] == "1"


def test_a_missing_git_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(GitMissingError) as caught:
        run_git("version")
    assert "install git" in caught.value.hint


def test_a_failure_carries_what_git_said(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblemError, match="not a git repository"):
        run_git("log", cwd=tmp_path)


def test_a_hanging_git_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("git", 1)

    monkeypatch.setattr(subprocess, "run", hang)
    with pytest.raises(EnvironmentProblemError, match="did not end"):
        run_git("version")


def test_an_unset_setting_is_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    config.write_text("[user]\n\temail = me@example.com\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.chdir(tmp_path)
    assert git_setting("user.email") == "me@example.com"
    assert git_setting("groundplan.nothing") == ""


def test_malformed_settings_say_what_to_correct(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    for text in ("[user\n", "[core]\n\tautocrlf = maybe\n"):
        config.write_text(text, encoding="utf-8")
        with pytest.raises(EnvironmentProblemError) as caught:
            run_git("status", cwd=Path(__file__).parent)
        assert "correct the line" in caught.value.hint


def test_a_blob_that_is_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"a\r\n\0b")
    commit(tmp_path, "first")
    name = run_git("rev-parse", "HEAD:file", cwd=tmp_path)
    assert read_blobs(tmp_path, [name, name]) == [b"a\r\n\0b"] * 2
    with pytest.raises(EnvironmentProblemError, match="lacks the object"):
        read_blobs(tmp_path, [name, "0" * 40])
