"""`groundplan new` as somebody runs it: a process, without a terminal."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.support.commands import command, environment, groundplan
from tests.support.render import content, git

from groundplan.commands.report import json_on_error

QUICK = ("--defaults", "--no-install", "--no-git")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def document(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The one JSON document on stdout."""
    return json.loads(done.stdout)


def test_makes_a_project_with_a_first_commit(repository: Path, tmp_path: Path) -> None:
    done = groundplan(repository, tmp_path, "new", "demo", "--defaults", "--no-install")
    assert done.returncode == 0, done.stderr
    assert names(tmp_path) == ["demo"]
    project = tmp_path / "demo"
    assert git(project, "log", "--format=%s").strip() == "chore: start demo"
    assert git(project, "status", "--porcelain") == ""
    assert git(project, "branch", "--show-current").strip() == "main"
    assert "first commit" in done.stderr
    assert "cd demo" in done.stdout


def test_the_command_it_names_makes_the_same_project(
    repository: Path, tmp_path: Path
) -> None:
    config = tmp_path / "gitconfig"
    config.write_text("[user]\n\temail = me@example.com\n", encoding="utf-8")
    first = groundplan(
        repository,
        tmp_path,
        *("new", "demo", *QUICK, "--json", "--set", "licence=mit"),
        *("--set", "reasons.db=it's known", "--set", "kickoff_date=2026-01-31"),
        GIT_CONFIG_GLOBAL=str(config),
    )
    again = shlex.split(document(first)["again"])
    words = again[again.index("new") :]
    assert words[:3] == ["new", "demo", "--defaults"]
    assert "owner=me@example.com" in again
    expected = content(tmp_path / "demo")
    shutil.rmtree(tmp_path / "demo")
    second = groundplan(repository, tmp_path, *words)
    assert second.returncode == 0, second.stderr
    assert content(tmp_path / "demo") == expected


def test_json_is_one_document_with_the_origin_of_each_answer(
    repository: Path, tmp_path: Path
) -> None:
    answers = tmp_path / "answers.yml"
    answers.write_text("licence: mit\ntype_checker: mypy\n", encoding="utf-8")
    done = groundplan(
        repository,
        tmp_path,
        *("new", "demo", "--answers", "answers.yml", "--set", "licence=apache"),
        *("--no-install", "--json"),
    )
    report = document(done)
    assert report["ok"]
    assert report["written"]
    assert report["answers"]["licence"] == {"value": "apache", "origin": "flag"}
    assert report["answers"]["type_checker"] == {"value": "mypy", "origin": "file"}
    assert report["answers"]["db"] == {"value": "postgres", "origin": "default"}
    assert report["steps"] == ["git repository", "stage all files", "first commit"]
    project = tmp_path / "demo"
    for file in report["files"]:
        assert (project / file["path"]).stat().st_size == file["bytes"]
    assert report["bytes"] == sum(file["bytes"] for file in report["files"])


def test_an_owner_that_git_knows_but_the_grid_refuses_is_left_out(
    repository: Path, tmp_path: Path
) -> None:
    config = tmp_path / "gitconfig"
    config.write_text("[user]\n\temail = me@localhost\n", encoding="utf-8")
    done = groundplan(
        repository,
        tmp_path,
        *("new", "demo", *QUICK, "--json"),
        GIT_CONFIG_GLOBAL=str(config),
    )
    assert document(done)["answers"]["owner"]["origin"] == "default"


def test_a_dry_run_lists_and_writes_nothing(repository: Path, tmp_path: Path) -> None:
    done = groundplan(repository, tmp_path, "new", "a/demo", "--defaults", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "pyproject.toml" in done.stdout
    assert "nothing written" in done.stdout
    assert names(tmp_path) == []


def test_a_dry_run_in_json(repository: Path, tmp_path: Path) -> None:
    report = document(
        groundplan(
            repository, tmp_path, "new", "demo", "--defaults", "--dry-run", "--json"
        )
    )
    assert not report["written"]
    assert report["next"] == []
    assert names(tmp_path) == []


def test_parents_are_made(repository: Path, tmp_path: Path) -> None:
    done = groundplan(repository, tmp_path, "new", "a/b/demo", *QUICK)
    assert done.returncode == 0, done.stderr
    assert names(tmp_path / "a" / "b") == ["demo"]
    assert "git init -b main" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("demo",), (2, "no terminal to ask at, and no answer to:", "--defaults")),
        (("demo", "--defaults", "--set", "dbb=x"), (2, "no row", "did you mean 'db'")),
        (("demo", "--defaults", "--set", "db=postgre"), (2, "no option", "'postgres'")),
        (
            ("demo", "--defaults", "--set", "db=none"),
            (2, "needs db=postgres", "explain"),
        ),
        (("demo", "--defaults", "--set", "package=if"), (2, "keyword", "explain")),
        (("de@mo", "--defaults"), (2, "project name", "explain project_name")),
        (("demo", "--answers", "none.yml"), (2, "cannot be read", "YAML")),
        ((".", "--defaults"), (3, "the directory that you are in", "cd ..")),
        (("full", "--defaults"), (3, "not empty", "another name")),
    ],
)
def test_refusals(
    repository: Path,
    tmp_path: Path,
    arguments: tuple[str, ...],
    expected: tuple[int, str, str],
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    done = groundplan(repository, tmp_path, "new", *arguments, "--no-install")
    code, words, hint = expected
    assert done.returncode == code
    message, _, advice = done.stderr.partition("\n\nhint: ")
    assert message.splitlines()[-1].startswith("error: ")
    assert words in message
    assert hint in advice
    assert done.stdout == ""
    assert names(tmp_path) == ["full"]


def test_missing_answers_are_listed(repository: Path, tmp_path: Path) -> None:
    done = groundplan(repository, tmp_path, "new", "demo", "--set", "db=postgres")
    listed = done.stderr.split("no answer to: ")[1].split(".")[0].split(", ")
    assert "package" in listed
    assert "licence" in listed
    assert "db" not in listed
    assert "reasons" not in listed


def test_nothing_is_missing_when_all_is_set(repository: Path, tmp_path: Path) -> None:
    first = groundplan(repository, tmp_path, "new", "demo", *QUICK, "--json")
    answers = document(first)["answers"]
    settings = [
        word
        for name, answer in answers.items()
        for word in ("--set", f"{name}={answer['value']}")
        if name != "reasons"
    ]
    done = groundplan(
        repository, tmp_path, "new", "other", *settings, "--no-install", "--no-git"
    )
    assert done.returncode == 0, done.stderr


def test_without_git_nothing_begins(repository: Path, tmp_path: Path) -> None:
    done = groundplan(
        repository, tmp_path, "new", "demo", "--defaults", PATH=str(tmp_path)
    )
    assert done.returncode == 4
    assert "git is not installed" in done.stderr
    assert "install git" in done.stderr
    assert names(tmp_path) == []


def test_an_error_in_json_is_a_document(repository: Path, tmp_path: Path) -> None:
    done = groundplan(repository, tmp_path, "new", "demo", "--json")
    assert done.returncode == 2
    error = document(done)["error"]
    assert error["kind"] == "MissingAnswersError"
    assert error["exit_code"] == 2
    assert "--defaults" in error["hint"]


def test_a_wrong_call_in_json_is_a_document_too(
    repository: Path, tmp_path: Path
) -> None:
    for arguments in (["--json"], ["demo", "--json", "--bogus"]):
        done = groundplan(repository, tmp_path, "new", *arguments)
        assert done.returncode == 2
        assert document(done)["error"]["exit_code"] == 2
        assert "Usage:" in done.stderr


def test_an_unforeseen_error_in_json_is_a_document_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(RuntimeError), json_on_error(enabled=True):
        raise RuntimeError
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["kind"], error["exit_code"]) == ("RuntimeError", 1)


def test_json_stays_one_document_when_the_project_is_started(
    repository: Path, tmp_path: Path
) -> None:
    program, flag, code = command(repository)
    server = "steps.start = lambda _project: os.system('echo a server')"
    begin = f"import os; from groundplan.project import steps; {server}\n"
    done = subprocess.run(
        [program, flag, begin + code, "new", "demo", *QUICK, "--json", "--start"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert document(done)["written"]
    assert "a server" in done.stderr


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_an_output_that_knows_only_ascii_is_no_failure(
    repository: Path, tmp_path: Path, more: tuple[str, ...]
) -> None:
    done = groundplan(
        repository,
        tmp_path,
        *("new", "demo", *QUICK, "--set", "description=Müşteri 😀", *more),
        PYTHONIOENCODING="ascii",
    )
    assert done.returncode == 0, done.stderr
    if more:
        answer = document(done)["answers"]["description"]
        assert answer["value"] == "Müşteri 😀"


def test_a_failed_step_keeps_the_project_and_says_how_to_go_on(
    repository: Path, tmp_path: Path
) -> None:
    hooks = tmp_path / "gitconfig"
    hooks.write_text("[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = false\n")
    done = groundplan(
        repository,
        tmp_path,
        *("new", "my demo", "--defaults", "--no-install"),
        GIT_CONFIG_GLOBAL=str(hooks),
    )
    assert done.returncode == 6
    assert "first commit failed" in done.stderr
    assert "cd 'my demo'" in done.stderr
    assert "git commit --no-gpg-sign --no-verify" in done.stderr
    assert (tmp_path / "my demo" / "pyproject.toml").is_file()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_parent_is_refused(repository: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    done = groundplan(repository, tmp_path, "new", "locked/demo", *QUICK)
    assert done.returncode == 3
    assert "cannot write into" in done.stderr


def test_uncommitted_template_changes_are_named(tmp_path: Path, source: Path) -> None:
    repository = tmp_path / "repository"
    shutil.copytree(source, repository)
    git(repository, "init", "--quiet")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "a template")
    (repository / "template" / "more.txt").touch()
    done = groundplan(repository, tmp_path, "new", "demo", *QUICK)
    assert "uncommitted changes: they are left out" in done.stderr
    assert not (tmp_path / "demo" / "more.txt").exists()
