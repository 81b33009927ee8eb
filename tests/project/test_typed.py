"""What is printed can be typed on any machine: no path into an environment."""

from __future__ import annotations

import json
import sys
from importlib import metadata
from pathlib import Path

import pytest

from groundplan.project import typed
from groundplan.project.steps import plan
from groundplan.project.typed import (
    changing_to,
    look_ahead,
    ourselves_as_typed,
    uv_as_typed,
    uv_is_missing,
)


def program(folder: Path, name: str, code: int = 0) -> None:
    """Put a program on the PATH."""
    path = folder / name
    path.write_text(f"#!/bin/sh\nexit {code}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture(autouse=True)
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty PATH, and no trace of how the tests were started."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    for name in ("VIRTUAL_ENV", "UV_RUN_RECURSION_DEPTH", "UV", "PYENV_VERSION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(typed, "_known", {})
    return folder


def test_uv_is_called_by_its_name_where_that_works(shell: Path, tmp_path: Path) -> None:
    program(shell, "uv")
    assert uv_as_typed(tmp_path) == ("uv",)
    assert not uv_is_missing(tmp_path)


def test_uv_is_a_module_where_a_shim_refuses(shell: Path, tmp_path: Path) -> None:
    program(shell, "uv", 127)
    assert uv_as_typed(tmp_path) == ("python3", "-m", "uv")
    assert uv_is_missing(tmp_path)


def test_what_was_asked_ahead_is_not_asked_again(shell: Path, tmp_path: Path) -> None:
    ahead, project = tmp_path / "ahead", tmp_path / "project"
    for folder in (ahead, project):
        folder.mkdir()
    shim = shell / "uv"
    shim.write_text(
        f"#!/bin/sh\necho called >> {tmp_path}/calls\n"
        "read version < .python-version && [ $version = 3.13 ]\n"
    )
    shim.chmod(0o755)
    look_ahead(ahead, "3.13")
    (project / ".python-version").write_text("3.13\n")
    assert uv_as_typed(project) == uv_as_typed(project) == ("uv",)
    assert (tmp_path / "calls").read_text() == "called\n"
    (project / ".python-version").write_text("3.12\n")
    assert uv_as_typed(project) != ("uv",)


def test_a_real_program_need_not_be_asked(shell: Path, tmp_path: Path) -> None:
    (shell / "uv").write_bytes(b"\x7fELF")
    (shell / "uv").chmod(0o755)
    assert uv_as_typed(tmp_path) == ("uv",)


def test_uv_has_to_be_installed_where_it_is_nowhere(tmp_path: Path) -> None:
    assert uv_as_typed(tmp_path) == ("python3", "-m", "uv")
    assert uv_is_missing(tmp_path)


def test_what_is_to_be_typed_by_hand_names_no_environment(tmp_path: Path) -> None:
    by_hand = [step.by_hand for step in plan(tmp_path, "x", git=False, install=True)]
    assert by_hand == ["python3 -m uv lock", "python3 -m uv sync"]


def test_a_command_on_the_path_is_called_by_its_name(shell: Path) -> None:
    program(shell, "groundplan")
    assert ourselves_as_typed() == ("groundplan",)


def test_an_activated_environment_has_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    assert ourselves_as_typed() == ("groundplan",)
    monkeypatch.setenv("UV_RUN_RECURSION_DEPTH", "1")
    assert ourselves_as_typed() != ("groundplan",)


def test_a_checkout_is_run_by_uv(
    shell: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(shell, "uv")
    checkout = tmp_path / "checkout"
    (checkout / "src").mkdir(parents=True)
    monkeypatch.setattr(typed, "CHECKOUT", checkout)
    monkeypatch.chdir(checkout / "src")
    assert ourselves_as_typed() == ("uv", "run", "groundplan")
    monkeypatch.chdir(tmp_path)
    away = ("uv", "run", "--project", str(checkout), "groundplan")
    assert ourselves_as_typed() == away


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, ("uvx", "groundplan")),
        ({"url": "file:///somewhere", "dir_info": {}}, ("uvx", "groundplan")),
        (
            {
                "url": "https://me:secret@example.com/g.git",
                "vcs_info": {"requested_revision": "v1"},
            },
            ("uvx", "--from", "git+https://example.com/g.git@v1", "groundplan"),
        ),
    ],
)
def test_a_wheel_is_run_by_uvx(
    shell: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    facts: dict[str, object],
    words: tuple[str, ...],
) -> None:
    class Installed:
        def read_text(self, _name: str) -> str:
            return json.dumps(facts)

    def distribution(_name: str) -> Installed:
        return Installed()

    program(shell, "uvx")
    bundle = tmp_path / "template.bundle"
    bundle.touch()
    monkeypatch.setattr(typed, "BUNDLE", bundle)
    monkeypatch.setattr(metadata, "distribution", distribution)
    assert ourselves_as_typed() == words


def test_a_dependency_of_another_project_is_run_by_uv(
    shell: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(shell, "uv")
    bundle = tmp_path / "template.bundle"
    bundle.touch()
    monkeypatch.setattr(typed, "BUNDLE", bundle)
    monkeypatch.setenv("UV_RUN_RECURSION_DEPTH", "1")
    assert ourselves_as_typed() == ("uv", "run", "groundplan")


def test_a_name_with_a_hyphen_is_no_option_of_cd() -> None:
    assert changing_to("-lead") == "cd ./-lead"
    assert changing_to("my demo") == "cd 'my demo'"
