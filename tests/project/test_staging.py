"""A target appears all at once or not at all; leftovers go, living runs stay."""

from __future__ import annotations

import fcntl
import os
import stat
import tempfile
from pathlib import Path

import pytest

from groundplan.errors import (
    DiskFullError,
    NotWritableError,
    TargetError,
    TargetNotEmptyError,
)
from groundplan.project import staging
from groundplan.project.scratch import remove_leftovers
from groundplan.project.staging import absolute, check_place, check_target, staged


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_target_appears_with_everything_in_it(tmp_path: Path) -> None:
    target = tmp_path / "new"
    with staged(target) as stage:
        (stage.project / "file").write_text("x", encoding="utf-8")
        assert not target.exists()
        assert stage.project.parent.parent == tmp_path
        stage.commit()
    assert names(target) == ["file"]
    assert names(tmp_path) == ["new"]


def test_an_empty_target_is_filled(tmp_path: Path) -> None:
    target = tmp_path / "new"
    target.mkdir()
    check_target(target)
    with staged(target) as stage:
        (stage.project / "file").write_text("x", encoding="utf-8")
        stage.commit()
    assert names(target) == ["file"]


def test_the_project_has_ordinary_permissions(tmp_path: Path) -> None:
    with staged(tmp_path / "new") as stage:
        stage.commit()
    (tmp_path / "other").mkdir()
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_nothing_is_left_when_something_fails(tmp_path: Path) -> None:
    def fail() -> None:
        with staged(tmp_path / "a" / "b" / "new") as stage:
            (stage.project / "file").write_text("x", encoding="utf-8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert names(tmp_path) == []


def test_somebody_else_may_fill_the_target_first(tmp_path: Path) -> None:
    target = tmp_path / "new"

    def race() -> None:
        with staged(target) as stage:
            target.mkdir()
            (target / "theirs").touch()
            stage.commit()

    with pytest.raises(TargetNotEmptyError):
        race()
    assert names(tmp_path) == ["new"]
    assert names(target) == ["theirs"]


def test_a_refused_rename_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(Path, "rename", refuse)
    stage = staging.Staging(tmp_path / "a", tmp_path / "b")
    with pytest.raises(TargetError, match="Invalid cross-device link"):
        stage.commit()


def leftover(folder: Path, name: str = ".new.groundplan-abc") -> Path:
    path = folder / name
    (path / "project").mkdir(parents=True)
    (path / "lock").touch()
    return path


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    path = leftover(tmp_path)
    assert remove_leftovers(tmp_path, ".new.groundplan-") == [path]
    assert not path.exists()


def test_a_run_that_is_alive_is_left_alone(tmp_path: Path) -> None:
    path = leftover(tmp_path)
    with (path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert remove_leftovers(tmp_path, ".new.groundplan-") == []
    assert path.exists()


def test_only_our_own_directories_are_removed(tmp_path: Path) -> None:
    (tmp_path / ".new.groundplan-file").touch()
    (tmp_path / ".new.groundplan-nolock").mkdir()
    elsewhere = leftover(tmp_path, "elsewhere")
    (tmp_path / ".new.groundplan-link").symlink_to(elsewhere)
    leftover(tmp_path, ".other.groundplan-abc")
    before = names(tmp_path)
    assert remove_leftovers(tmp_path, ".new.groundplan-") == []
    assert names(tmp_path) == before


def test_another_users_directory_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leftover(tmp_path)
    monkeypatch.setattr(os, "getuid", lambda: 4_294_967)
    assert remove_leftovers(tmp_path, ".new.groundplan-") == []


def test_a_target_with_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "file").touch()
    with pytest.raises(TargetNotEmptyError, match="has 'file'"):
        check_target(tmp_path / "new")


def test_a_file_or_link_is_no_target(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TargetNotEmptyError, match="is no directory"):
        check_target(tmp_path / "file")
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    with pytest.raises(TargetNotEmptyError, match="is a symbolic link") as caught:
        check_target(tmp_path / "link")
    assert str(tmp_path / "empty") in caught.value.hint


def test_the_current_directory_is_no_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    for target in (tmp_path / "inner", tmp_path):
        with pytest.raises(TargetError, match="the directory that you are in"):
            check_place(target)


def test_the_templates_own_checkout_takes_no_project(tmp_path: Path) -> None:
    (tmp_path / "checkout").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "checkout")
    for name in ("checkout", "checkout/new", "link/new"):
        with pytest.raises(TargetError, match="template's own checkout"):
            check_place(tmp_path / name, tmp_path / "checkout")
    check_place(tmp_path / "checkout-2", tmp_path / "checkout")


def test_a_directory_that_is_gone_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(TargetError, match="does not exist any more"):
        absolute("new")


def test_a_directory_keeps_its_mode(tmp_path: Path) -> None:
    target = tmp_path / "new"
    target.mkdir(mode=0o700)
    with staged(target) as stage:
        stage.commit()
    assert stat.S_IMODE(target.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("number", "kind"), [(28, DiskFullError), (2, NotWritableError)]
)
def test_a_staging_directory_that_cannot_be_made_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[Exception]
) -> None:
    def refuse(**_: object) -> str:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    with pytest.raises(kind), staged(tmp_path / "new"):
        pass


def test_a_name_that_the_file_system_refuses_is_explained(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="cannot be a directory: File name too long"):
        check_target(tmp_path / ("x" * 300))


def test_the_longest_name_that_fits_can_be_staged(tmp_path: Path) -> None:
    target = tmp_path / ("x" * 255)
    with staged(target) as stage:
        stage.commit()
    assert target.is_dir()


@pytest.mark.parametrize("typed", ["", " ", "~nobody-of-that-name/new"])
def test_what_names_no_directory_is_refused(typed: str) -> None:
    with pytest.raises(TargetError) as caught:
        absolute(typed)
    assert caught.value.hint


def test_a_directory_is_found_from_home_and_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert absolute("~/new/") == absolute("./a/../new") == tmp_path / "new"


@pytest.fixture
def forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may write everywhere, so the answer is simulated."""

    def deny(*_: object) -> bool:
        return False

    monkeypatch.setattr(os, "access", deny)


@pytest.mark.usefixtures("forbidden")
def test_a_parent_that_refuses_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotWritableError, match=str(tmp_path)):
        check_target(tmp_path / "new")


@pytest.mark.usefixtures("forbidden")
def test_parents_made_in_vain_are_removed(tmp_path: Path) -> None:
    with pytest.raises(NotWritableError), staged(tmp_path / "a" / "new"):
        pass
    assert names(tmp_path) == []


def test_an_unreadable_target_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deny(_self: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", deny)
    with pytest.raises(NotWritableError, match="cannot be read"):
        check_target(tmp_path)
