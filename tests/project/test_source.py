"""The template comes from a commit: of this checkout, or of the wheel's bundle."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.paths import ROOT
from tests.support.render import commit, git, snapshot

from groundplan.errors import GitMissingError, TemplateError
from groundplan.project import source
from groundplan.project.source import (
    PUBLIC_ADDRESS,
    TemplateSource,
    checked_out,
    find_source,
)


def test_a_checkout_is_its_own_source() -> None:
    found = find_source()
    assert found == TemplateSource(ROOT, str(ROOT))
    assert not found.is_bundle
    assert found.git_environment() == {}


def test_a_wheel_names_the_public_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle = tmp_path / "template.bundle"
    bundle.touch()
    monkeypatch.setattr(source, "BUNDLE", bundle)
    found = find_source()
    assert found.address == PUBLIC_ADDRESS
    assert found.uncommitted() == []
    assert found.git_environment() == {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{bundle}.insteadOf",
        "GIT_CONFIG_VALUE_0": PUBLIC_ADDRESS,
    }


def test_plain_files_are_no_source(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(source, "CHECKOUT", tmp_path)
    with pytest.raises(TemplateError) as caught:
        find_source()
    assert PUBLIC_ADDRESS in caught.value.hint


def test_only_committed_files_are_laid_out(tmp_path: Path) -> None:
    repository = snapshot(tmp_path / "repository", with_template=False)
    commit(repository, "a template")
    (repository / "template" / "new.txt").touch()
    (repository / "README.md").touch()
    origin = TemplateSource(repository, "address")
    assert origin.uncommitted() == ["?? template/new.txt"]
    with checked_out(origin) as template:
        assert template.address == "address"
        assert git(repository, "rev-parse", "HEAD").startswith(template.commit)
        assert (template.path / "copier.yml").is_file()
        assert not (template.path / "template" / "new.txt").exists()
    assert not template.path.exists()


def test_a_bundle_is_a_source_too(tmp_path: Path) -> None:
    repository = snapshot(tmp_path / "repository", with_template=False)
    commit(repository, "a template")
    bundle = tmp_path / "template.bundle"
    git(repository, "bundle", "create", "--quiet", str(bundle), "HEAD", "main")
    with checked_out(TemplateSource(bundle, PUBLIC_ADDRESS)) as template:
        assert (template.path / "copier.yml").is_file()


def test_a_broken_repository_is_explained(tmp_path: Path) -> None:
    with (
        pytest.raises(TemplateError, match="does not exist"),
        checked_out(TemplateSource(tmp_path / "none", "address")),
    ):
        pass


def test_a_missing_git_is_not_blamed_on_the_template(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(GitMissingError), checked_out(find_source()):
        pass


def test_modes_come_from_the_index_where_the_file_system_has_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "run.sh"
    script.write_text("#!/bin/sh\n", encoding="utf-8")
    script.chmod(0o755)
    commit(tmp_path, "a script")
    monkeypatch.setattr(source, "KEEPS_MODES", False)
    modes = source.index_modes(tmp_path)
    assert {path.as_posix(): mode for path, mode in modes.items()} == {
        "run.sh": 0o100755
    }
