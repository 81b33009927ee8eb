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
    assert found.repository == ROOT
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
        assert "copier.yml" in template.files
        assert "template/new.txt" not in template.files
        assert "README.md" not in template.files


def test_a_bundle_is_a_source_too(tmp_path: Path) -> None:
    repository = snapshot(tmp_path / "repository", with_template=False)
    commit(repository, "a template")
    bundle = tmp_path / "template.bundle"
    git(repository, "bundle", "create", "--quiet", str(bundle), "HEAD", "main")
    with checked_out(TemplateSource(bundle, PUBLIC_ADDRESS)) as template:
        assert "copier.yml" in template.files


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


def test_the_commit_says_what_can_be_run(tmp_path: Path) -> None:
    repository = snapshot(tmp_path / "repository", with_template=False)
    script = repository / "template" / "run.sh"
    script.write_text("#!/bin/sh\n", encoding="utf-8")
    script.chmod(0o755)
    commit(repository, "a script")
    script.chmod(0o644)
    with checked_out(TemplateSource(repository, "address")) as template:
        assert template.executable == {"template/run.sh"}


def test_a_symbolic_link_in_the_template_is_refused(tmp_path: Path) -> None:
    repository = snapshot(tmp_path / "repository", with_template=False)
    (repository / "template" / "link").symlink_to("/etc/passwd")
    commit(repository, "a link")
    with (
        pytest.raises(TemplateError, match="symbolic link: template/link"),
        checked_out(TemplateSource(repository, "address")),
    ):
        pass


@pytest.mark.parametrize(
    "settings",
    [
        "[core]\n\tautocrlf = true\n",
        "[core]\n\tautocrlf = true\n\tsafecrlf = true\n",
        "[core]\n\teol = crlf\n\tattributesFile = {folder}/attributes\n",
    ],
)
def test_no_setting_of_git_changes_a_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: str
) -> None:
    repository = snapshot(tmp_path / "repository", with_template=False)
    text = repository / "template" / "a.txt"
    text.write_text("one\ntwo\n", encoding="utf-8")
    commit(repository, "text")
    (tmp_path / "attributes").write_text("* text eol=crlf\n", encoding="utf-8")
    config = tmp_path / "config"
    config.write_text(settings.format(folder=tmp_path), encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    with checked_out(TemplateSource(repository, "address")) as template:
        assert template.files["template/a.txt"] == b"one\ntwo\n"


def test_a_checkout_names_the_address_of_its_remote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = snapshot(tmp_path / "repository", with_template=False)
    commit(repository, "a template")
    monkeypatch.setattr(source, "CHECKOUT", repository)
    assert not find_source().is_public
    git(repository, "remote", "add", "origin", "https://me:secret@example.com/x.git")
    found = find_source()
    assert found.address == "https://example.com/x.git"
    assert found.is_public
    assert not found.is_published()
    git(repository, "update-ref", "refs/remotes/origin/main", "HEAD")
    assert found.is_published()


def test_a_clone_has_the_line_ends_of_the_commit_whatever_is_set() -> None:
    """Plain Copier clones the template with the settings of its user."""
    for name in ("copier.yml", "template/x.sh.jinja"):
        said = git(ROOT, "check-attr", "text", "eol", "--", name)
        assert f"{name}: text: auto\n{name}: eol: lf\n" in said
