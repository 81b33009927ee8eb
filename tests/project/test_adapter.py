"""The fast worker writes what Copier writes, and refuses what Copier refuses."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from copier import Settings, run_copy
from copier._template import load_template_config
from tests.support.render import commit, git, snapshot

from groundplan.errors import (
    DiskFullError,
    InvalidAnswerError,
    TemplateError,
)
from groundplan.project import adapter
from groundplan.project.adapter import ProjectTemplate
from groundplan.project.source import TemplateSource, checked_out

NAME = "sample-service"


@pytest.fixture(scope="module")
def project_template(repository: Path) -> Generator[ProjectTemplate]:
    """The working tree's template, ready to render."""
    with checked_out(TemplateSource(repository, str(repository))) as template:
        yield ProjectTemplate(template, NAME)


def tree(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file and directory with its mode and bytes."""
    found: dict[str, tuple[int, bytes]] = {}
    for path in sorted(folder.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        mode = stat.S_IMODE(path.stat().st_mode)
        found[path.relative_to(folder).as_posix()] = (mode, content)
    return found


ANSWERS: list[dict[str, Any]] = [
    {},
    {"api": "none", "db": "none"},
    {
        "type_checker": "mypy",
        "server": "uvicorn",
        "licence": "mit",
        "python_version": "3.13",
        "package": "ab",
        "project_name": "My Own Name",
        "reasons": {"db": "we know it"},
    },
]


@pytest.mark.parametrize("answers", ANSWERS)
def test_the_bytes_and_modes_are_copiers_own(
    project_template: ProjectTemplate,
    repository: Path,
    tmp_path: Path,
    answers: dict[str, Any],
) -> None:
    ours = project_template.render(answers, tmp_path / "ours" / NAME)
    run_copy(
        str(repository),
        tmp_path / "copier" / NAME,
        data=answers,
        defaults=True,
        quiet=True,
        unsafe=False,
        settings=Settings(),
    )
    rendered = tree(tmp_path / "ours" / NAME)
    assert rendered == tree(tmp_path / "copier" / NAME)
    sizes = {file.path: file.size for file in ours.files}
    assert sizes == {
        path: len(content)
        for path, (_, content) in rendered.items()
        if (tmp_path / "ours" / NAME / path).is_file()
    }


def test_the_questions_are_read_as_copier_reads_them(repository: Path) -> None:
    path = repository / "copier.yml"
    expected = load_template_config(path)
    read = adapter.configuration(path)
    assert read == expected
    assert list(read) == list(expected)


def test_exclusions_of_several_documents_are_joined(tmp_path: Path) -> None:
    path = tmp_path / "copier.yml"
    path.write_text("_exclude: [a]\n---\n_exclude: [b]\n---\n", encoding="utf-8")
    assert adapter.configuration(path) == load_template_config(path)


def test_pretending_writes_nothing_and_lists_the_same(
    project_template: ProjectTemplate, tmp_path: Path
) -> None:
    listed = project_template.render({}, tmp_path / "a", pretend=True)
    assert list(tmp_path.iterdir()) == []
    assert listed == project_template.render({}, tmp_path / "a")


def test_the_users_own_copier_settings_change_nothing(
    project_template: ProjectTemplate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "settings.yml"
    settings.write_text("defaults: {licence: mit}\ntrust: ['/']\n", encoding="utf-8")
    monkeypatch.setenv("COPIER_SETTINGS_PATH", str(settings))
    done = project_template.render({}, tmp_path / "a", pretend=True)
    assert done.answers["licence"] != "mit"


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"package": "class"}, "is a Python keyword"),
        ({"db": "none"}, "api=fastapi needs db=postgres"),
        ({"project_name": "../x"}, "is no path"),
        ({"web": "foo"}, "is not in"),
        ({"reasons": {"foo": "x"}}, "is no row of the grid"),
        ({"reasons": {"db": "a\rb"}}, "one line of text"),
        ({"description": "It's a\x1b[31m service"}, "on one line, without tabs"),
        ({"description": "two\u2028lines"}, "on one line"),
        ({"description": 'a "service"'}, "without tabs, double quotes"),
        ({"description": "a \\ service"}, "or backslashes"),
        ({"compliance": "pii", "kvkk_notes": "a\tb"}, "on one line, without tabs"),
        ({"kickoff_date": "2026-02-30"}, "A date as YYYY-MM-DD"),
        ({"kickoff_date": "2026-06-31"}, "A date as YYYY-MM-DD"),
        ({"kickoff_date": "2025-02-29"}, "2025 is no leap year"),
        ({"package": "con"}, "is a device on Windows"),
        ({"package": "lpt1"}, "is a device on Windows"),
        ({"owner": "@" + "a" * 3000}, "at most 254 characters"),
        ({"kickoff_date": "2026-06-30\n"}, "A date as YYYY-MM-DD"),
        ({"project_name": "Two\n"}, "A project name starts"),
        ({"package": "two\n"}, "A package name is"),
        ({"owner": "@me\n"}, "An owner is"),
        ({"owner": None}, "owner"),
        ({"api": "none", "server": "uvicorn"}, "server has no effect"),
    ],
)
def test_refusals_carry_the_grids_reason(
    project_template: ProjectTemplate,
    tmp_path: Path,
    answers: dict[str, Any],
    words: str,
) -> None:
    with pytest.raises(InvalidAnswerError, match=words):
        project_template.render(answers, tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "answers",
    [
        {"kickoff_date": "2028-02-29", "description": "Müşteri 😀: it's {{ 7 * 7 }}"},
        {"reasons": {"db": "Çünkü {% biliyoruz %}"}, "kickoff_date": "2026-12-31"},
    ],
)
def test_text_of_any_language_stands_as_it_was_typed(
    project_template: ProjectTemplate, answers: dict[str, Any]
) -> None:
    done = project_template.render(answers, Path("never"), pretend=True)
    assert answers.items() <= done.answers.items()


def test_a_refusal_says_where_to_read_on(project_template: ProjectTemplate) -> None:
    with pytest.raises(InvalidAnswerError) as caught:
        project_template.render({"db": "none"}, Path("never"))
    assert caught.value.hint.startswith("change one of the two with --set; ")
    assert "groundplan explain db" in caught.value.hint
    with pytest.raises(InvalidAnswerError) as caught:
        project_template.render({"package": "class"}, Path("never"))
    assert caught.value.hint.startswith("answer it with --set package=…; ")


def test_a_row_without_effect_says_when_it_has_one(
    project_template: ProjectTemplate,
) -> None:
    with pytest.raises(InvalidAnswerError) as caught:
        project_template.render({"api": "none", "server": "uvicorn"}, Path("never"))
    assert caught.value.hint == "it is asked only when api == 'fastapi'"


def test_questions_open_one_after_the_other(project_template: ProjectTemplate) -> None:
    first = project_template.open_question({})
    assert first is not None
    assert (first.name, first.default) == ("project_name", NAME)
    assert "is no path" in first.refusal("../x")
    assert first.refusal("Invoice Reader") == ""
    second = project_template.open_question({"project_name": "Invoice Reader"})
    assert second is not None
    assert (second.name, second.default) == ("package", "invoice_reader")


def test_a_default_that_is_refused_is_still_shown(repository: Path) -> None:
    with checked_out(TemplateSource(repository, str(repository))) as template:
        question = ProjectTemplate(template, "9 lives").open_question({})
    assert question is not None
    assert question.default == "9 lives"
    assert question.refusal("9 lives")


def test_an_owner_is_checked_beside_a_folder_that_is_no_project_name(
    repository: Path,
) -> None:
    with checked_out(TemplateSource(repository, str(repository))) as template:
        questions = ProjectTemplate(template, "9 lives")
        assert questions.refusal("owner", "me@example.com", {}) == ""


def test_a_question_that_is_hidden_is_not_opened(
    project_template: ProjectTemplate, tmp_path: Path
) -> None:
    answers = project_template.render(
        {"api": "none"}, tmp_path / "a", pretend=True
    ).answers
    known = {name: value for name, value in answers.items() if name[0] != "_"}
    assert "server" not in known
    assert project_template.open_question(known) is None


def test_an_answer_refused_earlier_is_not_passed_over(
    project_template: ProjectTemplate,
) -> None:
    with pytest.raises(InvalidAnswerError, match="is a Python keyword"):
        project_template.open_question({"project_name": "Fine", "package": "class"})


def test_single_answers_are_checked(project_template: ProjectTemplate) -> None:
    assert project_template.refusal("owner", "me@example.com", {}) == ""
    assert "An owner is" in project_template.refusal("owner", "bob", {})
    assert project_template.refusal("use", "x", {}) == ""


BROKEN = {
    "syntax": ("template/a.txt.jinja", "{% if %}"),
    "undefined": ("template/a.txt.jinja", "{{ nowhere }}"),
    "path": ("template/{{ nowhere }}.txt", ""),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_fault_of_the_template_is_no_traceback(tmp_path: Path, kind: str) -> None:
    path, content = BROKEN[kind]
    with pytest.raises(TemplateError, match="cannot be rendered"):
        render_with(tmp_path, {path: content})


def test_two_folders_that_write_one_file_are_refused(tmp_path: Path) -> None:
    files = {
        "template/{{ use.base }}/a.txt": "1",
        "template/{{ use.licence_proprietary }}/a.txt": "2",
    }
    with pytest.raises(
        TemplateError, match=r"two folders of the template write a\.txt"
    ):
        render_with(tmp_path, files)


def render_with(folder: Path, files: dict[str, str]) -> None:
    """Render the grid's questions with a small template of the test's own."""
    repository = snapshot(folder / "repository", with_template=False)
    for name, content in files.items():
        path = repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    commit(repository, "a template")
    source = TemplateSource(repository, str(repository))
    with checked_out(source) as template:
        ProjectTemplate(template, NAME).render({}, folder / "project")


def test_an_executable_file_stays_executable(tmp_path: Path) -> None:
    repository = snapshot(tmp_path / "repository", with_template=False)
    script = repository / "template" / "run.sh"
    script.write_text("#!/bin/sh\n", encoding="utf-8")
    script.chmod(0o755)
    commit(repository, "a template")
    git(repository, "tag", "v1.2.3")
    with checked_out(TemplateSource(repository, str(repository))) as template:
        assert template.commit == "v1.2.3"
        done = ProjectTemplate(template, NAME).render({}, tmp_path / "project")
    assert done.answers["_commit"] == "v1.2.3"
    assert (tmp_path / "project" / "run.sh").stat().st_mode & 0o111 == 0o111


def test_a_failing_file_system_is_translated(
    project_template: ProjectTemplate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(number: int, _mode: str) -> None:
        os.close(number)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(DiskFullError):
        project_template.render({}, tmp_path / "a")
