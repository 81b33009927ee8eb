"""Compiled templates are kept where nobody else can put any."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from groundplan.project import bytecode
from groundplan.project.bytecode import bytecode_cache


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "groundplan"


def rendered(text: str) -> str:
    """Render a text as a process does that finds the cache."""
    loader = DictLoader({"a": text})
    environment = Environment(  # noqa: S701 - no HTML
        loader=loader, bytecode_cache=bytecode_cache()
    )
    return environment.get_template("a").render(x=1)


def kept(home: Path) -> list[Path]:
    return sorted(home.rglob("*.cache"))


def test_what_was_compiled_is_read_back(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rendered("{{ x }}") == "1"
    (file,) = kept(home)
    assert file.parent.stat().st_mode & 0o077 == 0

    def no_compiling(*_: object, **__: object) -> None:
        pytest.fail("it was compiled again")

    monkeypatch.setattr(Environment, "compile", no_compiling)
    assert rendered("{{ x }}") == "1"


def test_another_text_of_the_same_name_is_compiled(home: Path) -> None:
    assert rendered("{{ x }}") == "1"
    assert rendered("{{ x + 1 }}") == "2"
    assert len(kept(home)) == 1


@pytest.mark.parametrize("content", [b"", b"nonsense", b"j2" + b"\0" * 40])
def test_a_broken_file_is_compiled_again(home: Path, content: bytes) -> None:
    rendered("{{ x }}")
    (file,) = kept(home)
    file.write_bytes(content)
    assert rendered("{{ x }}") == "1"
    file.write_bytes(file.read_bytes()[:-9])
    assert rendered("{{ x }}") == "1"


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o755])
def test_a_directory_that_others_may_enter_is_not_used(home: Path, mode: int) -> None:
    home.mkdir()
    home.chmod(mode)
    assert bytecode_cache() is None
    assert rendered("{{ x }}") == "1"


def test_a_directory_of_somebody_else_is_not_used(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bytecode_cache() is not None
    assert home.exists()
    monkeypatch.setattr(os, "getuid", lambda: 4_294_967)
    assert bytecode_cache() is None


def test_a_link_is_not_used(home: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    home.symlink_to(tmp_path / "elsewhere")
    assert bytecode_cache() is None


def test_a_cache_that_cannot_be_made_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert bytecode_cache() is None


def test_a_full_disk_is_no_reason_to_stop(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert rendered("{{ x }}") == "1"
    assert kept(home) == []


def test_old_templates_do_not_fill_the_disk(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered("{{ x }}")
    monkeypatch.setattr(bytecode, "MOST", 0)
    bytecode_cache()
    assert kept(home) == []
