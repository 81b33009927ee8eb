"""What is rendered is whole: nothing empty, nothing left over, nothing unselected."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from jinja2 import UndefinedError

from tests.conftest import Rendered
from tests.support.grid import complete, defaults, grid
from tests.support.layers import active, layers
from tests.support.pairs import alone, name_of
from tests.support.render import DATE, NAME, content, files, render, snapshot
from tests.support.tools import crowded_modules, execute, undocumented_modules
from tests.support.traces import traces

LEFT_OVER = re.compile(
    r"\{%[-+]?\s*(?:if|elif|else|for|set|from|import|include|macro|raw|end\w+)\b"
    r"|(?<![$\\])\{\{[-+]?\s*(?:package|project_\w+|slot\w*|use|owner|description"
    r"|kickoff_date|python_version|_copier_\w+|grid|reserved)\b"
)
CITATION = re.compile(r"\bS[0-4] (?:§|GEN-|PHIL-|HDR-|PY-)")
SUPPRESSION = re.compile(r"# (?:pyright|type): ignore\b.*")
"""A comment to one type checker is inert to the other, and code can need both."""

EXPLAINS_THE_CHOICES = (
    ".copier-answers.yml",
    "docs/decisions/",
    "docs/grid.md",
    "docs/what-to-use-when.md",
)
"""Where the options that were not picked are named on purpose, with their triggers."""

each_alone = pytest.mark.parametrize("answers", alone(), ids=name_of)


@each_alone
def test_no_file_is_empty_and_no_jinja_is_left(
    answers: Mapping[str, str], rendered: Rendered
) -> None:
    project = rendered(answers)
    wrong: list[str] = []
    for path in files(project):
        text = (project / path).read_bytes().decode(errors="replace")
        if not text.strip() and path.name != "py.typed":
            wrong.append(f"{path} is empty")
        if "{{" in str(path) or LEFT_OVER.search(text):
            wrong.append(f"{path} has Jinja left in it")
    assert not wrong, "\n".join(wrong)


@each_alone
def test_one_page_maps_what_there_is_to_the_standards_and_nothing_else_cites_them(
    answers: Mapping[str, str], rendered: Rendered
) -> None:
    """The documents are not in the project: a number elsewhere would lead nowhere."""
    project = rendered(answers)
    cited = [
        str(path)
        for path in files(project)
        if CITATION.search((project / path).read_bytes().decode(errors="replace"))
    ]
    assert cited == ["docs/standards.md"]
    page = (project / "docs/standards.md").read_text()
    mapped = re.findall(r"^\| `(\S+)` \|", page, re.M)
    assert len(mapped) > 10
    assert [path for path in mapped if not (project / path).exists()] == []


@each_alone
def test_git_ignores_no_rendered_file(
    answers: Mapping[str, str], rendered: Rendered, tmp_path: Path
) -> None:
    """What is ignored would be in no commit, and overwritten by each update."""
    project = rendered(answers)
    execute(tmp_path, "git", "init", "--quiet", "--bare", "git")
    where = (f"--git-dir={tmp_path / 'git'}", f"--work-tree={project}")
    listed = ("ls-files", "--others", "--ignored", "--exclude-standard")
    ignored = execute(project, "git", *where, *listed)
    assert ignored.returncode == 0, ignored.stdout
    assert ignored.stdout == ""


@each_alone
def test_every_python_file_parses_and_says_what_it_is(
    answers: Mapping[str, str], rendered: Rendered
) -> None:
    project = rendered(answers)
    modules = [str(path) for path in files(project) if path.suffix == ".py"]
    assert not undocumented_modules(project, modules)


@each_alone
def test_no_file_has_many_public_classes(
    answers: Mapping[str, str], rendered: Rendered
) -> None:
    project = rendered(answers)
    modules = [str(path) for path in files(project) if path.suffix == ".py"]
    assert not crowded_modules(project, modules)


@each_alone
def test_nothing_of_an_unselected_option_appears(
    answers: Mapping[str, str], rendered: Rendered
) -> None:
    project = rendered(answers)
    words = {
        word: name
        for name in layers().keys() - active(answers)
        for word in traces(name)
    }
    found = [
        f"{path}: {word!r} of {words[word]}"
        for path in files(project)
        if not str(path).startswith(EXPLAINS_THE_CHOICES)
        for word in sorted(_words_in(project / path, words))
    ]
    assert not found, "\n".join(found)


def _words_in(path: Path, words: Mapping[str, str]) -> set[str]:
    text = SUPPRESSION.sub("", path.read_bytes().decode(errors="replace"))
    near = {word for word in words if word in text or word == str(path)}
    return {
        word
        for word in near
        if re.search(rf"(?<![\w./-]){re.escape(word)}(?![\w/-])", text)
    }


def test_traces_are_really_found(rendered: Rendered) -> None:
    """The guard above sees the words of the options that are selected."""
    project = rendered(defaults())
    text = "".join((project / p).read_bytes().decode(errors="replace") for p in files(project))
    for name in (active(defaults()) & layers().keys()) - {"base"}:
        words = traces(name)
        assert not words or any(word in text for word in words), name


def test_the_answers_file_reproduces_the_project(
    source: Path, rendered: Rendered, tmp_path: Path
) -> None:
    project = rendered({"licence": "mit", "type_checker": "mypy"})
    answers = yaml.safe_load((project / ".copier-answers.yml").read_text())
    expected = {"project_name", "package", "description", "owner", "kickoff_date"}
    assert {*expected, "reasons", *defaults()} == {
        name for name in answers if not name.startswith("_")
    }
    again = render(
        source,
        tmp_path / "again",
        {name: value for name, value in answers.items() if name[0] != "_"},
    )
    assert content(again) == content(project)


def test_fragments_of_a_shared_file_stand_in_grid_order(rendered: Rendered) -> None:
    """Each guide's entry in the navigation is a fragment of its option's folder."""
    guides = {
        "jobs": "Background jobs",
        "search": "Search",
        "observability": "Observability",
        "secrets": "Where secrets live",
        "backups": "Backups",
        "compliance": "Personal data",
    }
    wanted = [guides[row] for row in grid() if row in guides]
    answers = {"jobs": "celery", "search": "pgvector", "observability": "full"}
    more = {"secrets": "github", "backups": "nightly", "compliance": "pii"}
    navigation = (rendered({**answers, **more}) / "mkdocs.yml").read_text()
    found = re.findall(r"^ +- ([^:]+): guides/", navigation, re.MULTILINE)
    assert [title for title in found if title in wanted] == wanted


def test_each_row_is_answered_in_the_answers_file(rendered: Rendered) -> None:
    for row in grid().values():
        for option in row.options:
            answers = complete({row.name: option})
            assert answers
            stored = (rendered(answers) / ".copier-answers.yml").read_text()
            recorded = yaml.safe_load(stored)
            assert {k: v for k, v in recorded.items() if k in grid()} == answers


def test_a_misspelt_variable_fails(tmp_path: Path) -> None:
    source = snapshot(tmp_path / "source")
    (source / "template" / "{{ use.base }}" / "x.txt.jinja").write_text("{{ pakage }}")
    with pytest.raises(UndefinedError, match="pakage"):
        render(source, tmp_path / "project", {})


def test_rendering_needs_no_date_but_the_stored_one(rendered: Rendered) -> None:
    answers = yaml.safe_load((rendered({}) / ".copier-answers.yml").read_text())
    assert answers["kickoff_date"] == DATE
    assert answers["project_name"] == NAME
