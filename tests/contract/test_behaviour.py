"""What the template relies on in Copier, each on a template of a few lines.

When a new Copier breaks one of these, its name says which part of the composition to
change; `docs/decisions/` has the fallback for the overlay.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.contract.conftest import Copier
from tests.support.render import commit, content, git

pytestmark = pytest.mark.slow

QUESTIONS = """\
_subdirectory: template
_templates_suffix: .jinja
_answers_file: .copier-answers.yml
_exclude: [_slots]
---
!include rows/colour.yml
---
rows:
  type: yaml
  when: false
  default:
    - !include rows/colour.yml
---
use:
  type: yaml
  when: false
  default: >-
    {"base": ".", "red": "{{ '.' if colour == 'red' else '' }}",
    "blue": "{{ '.' if colour == 'blue' else '' }}"}
"""

COLOUR = """\
colour:
  type: str
  default: red
  choices: [red, blue]
  x_options:
    red: {title: Red}
    blue: {title: Blue, needs: {paint: because}}
"""

SHARED = """\
{%- for name, where in use.items() if where -%}
{%- include "template/{{ use." ~ name ~ " }}/_slots/line.jinja" ignore missing -%}
{%- endfor -%}
end
"""

TEMPLATE = {
    "copier.yml": QUESTIONS,
    "rows/colour.yml": COLOUR,
    "template/{{ _copier_conf.answers_file }}.jinja": (
        "{{ _copier_answers | to_nice_yaml -}}\n"
    ),
    "template/{{ use.base }}/shared.txt.jinja": SHARED,
    "template/{{ use.base }}/titles.txt.jinja": (
        "{{ rows[0][0].colour.x_options[colour].title }}\n"
    ),
    "template/{{ use.base }}/plain.txt": "{{ never rendered }}\n",
    "template/{{ use.red }}/folder/red.txt": "red\n",
    "template/{{ use.red }}/_slots/line.jinja": "a red line\n",
    "template/{{ use.blue }}/folder/blue.txt": "blue\n",
}

RED = {
    "folder/red.txt": b"red\n",
    "plain.txt": b"{{ never rendered }}\n",
    "shared.txt": b"a red line\nend\n",
    "titles.txt": b"Red\n",
}
BLUE = {
    "folder/blue.txt": b"blue\n",
    "plain.txt": b"{{ never rendered }}\n",
    "shared.txt": b"end\n",
    "titles.txt": b"Blue\n",
}


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A template that composes its project as ours does."""
    folder = tmp_path / "template"
    for name, text in TEMPLATE.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    commit(folder, "feat: first")
    git(folder, "tag", "v1.0.0")
    return folder


@pytest.fixture
def project(template: Path, copier: Copier, tmp_path: Path) -> Path:
    """A project of that template, made without trust, and committed."""
    folder = tmp_path / "project"
    done = copier("copy", "--defaults", template, folder, where=tmp_path)
    assert done.returncode == 0, done.stdout
    commit(folder, "chore: start")
    return folder


def rendered(project: Path) -> dict[str, bytes]:
    found = content(project)
    del found[".copier-answers.yml"]
    return found


def test_a_folder_named_dot_is_laid_on_the_root_and_an_empty_name_drops_it(
    project: Path,
) -> None:
    assert rendered(project) == RED


def test_hidden_answers_and_x_keys_are_not_recorded(project: Path) -> None:
    text = (project / ".copier-answers.yml").read_text()
    assert text.splitlines()[-1] == "colour: red"
    assert "use" not in text
    assert "x_options" not in text


def test_a_changed_answer_equals_a_fresh_project(project: Path, copier: Copier) -> None:
    arguments = ("--defaults", "--vcs-ref=:current:", "--data=colour=blue")
    done = copier("update", *arguments, where=project)
    assert done.returncode == 0, done.stdout
    assert rendered(project) == BLUE


def test_a_newer_version_arrives(project: Path, template: Path, copier: Copier) -> None:
    base = template / "template" / "{{ use.base }}"
    (base / "plain.txt").write_text("newer\n")
    commit(template, "feat: second")
    git(template, "tag", "v1.1.0")
    done = copier("update", "--defaults", where=project)
    assert done.returncode == 0, done.stdout
    assert rendered(project) == {**RED, "plain.txt": b"newer\n"}


def test_an_impossible_answer_is_refused(
    template: Path, copier: Copier, tmp_path: Path
) -> None:
    folder = tmp_path / "refused"
    arguments = ("--defaults", "--data=colour=green")
    done = copier("copy", *arguments, template, folder, where=tmp_path)
    assert done.returncode != 0
    assert not folder.exists() or not list(folder.iterdir())
