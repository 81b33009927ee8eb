"""The loader reads what Copier reads, and names file and key of what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from copier._template import load_template_config
from tests.support.paths import ROOT

from groundplan.errors import GridError
from groundplan.grid import load
from groundplan.grid.load import load_grid

ROW = {
    "type": "str",
    "help": "Which shape?",
    "default": "round",
    "choices": "{}",
    "validator": "",
    "x_title": "Shape",
    "x_section": "S0 §17",
    "x_group": "product",
    "x_explanation": "What it looks like.",
    "x_options": {
        "round": {"title": "Round", "pick": "a", "upgrade": "b", "measure": "c"},
        "square": {"title": "Square", "pick": "a", "upgrade": "b", "measure": "c"},
    },
}
FIELD = {
    "type": "str",
    "help": "Name?",
    "default": "x",
    "validator": "",
    "x_explanation": "Its name.",
}


def write(folder: Path, **questions: Mapping[str, object]) -> Path:
    """A `copier.yml` that includes one file for each question."""
    lines: list[str] = []
    for name, details in questions.items():
        content = {name: details}
        (folder / f"{name}.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
        lines.append(f"---\n!include {name}.yml\n")
    path = folder / "copier.yml"
    path.write_text("_subdirectory: template\n" + "".join(lines), encoding="utf-8")
    return path


def test_every_visible_question_of_copier_is_in_the_grid_in_its_order() -> None:
    questions = load_template_config(ROOT / "copier.yml")
    visible = [
        name
        for name, details in questions.items()
        if not name.startswith("_") and details.get("when") is not False
    ]
    assert list(load_grid().names) == visible


def test_the_computed_grid_lists_the_same_rows_in_the_same_order() -> None:
    questions = load_template_config(ROOT / "copier.yml")
    computed = [name for file in questions["grid"]["default"] for name in file[0]]
    assert computed == [row.name for row in load_grid().rows]


def test_reads_rows_and_fields_in_order(tmp_path: Path) -> None:
    hidden = {"type": "yaml", "when": False, "default": ""}
    grid = load_grid(write(tmp_path, shape=ROW, title=FIELD, secret=hidden))
    assert grid.names == ("shape", "title")
    row = grid.row("shape")
    assert row is not None
    assert row.is_choice
    assert list(row.options) == ["round", "square"]
    assert grid.row("title") is None
    field = grid.field("title")
    assert field is not None
    assert not field.is_mapping
    assert not field.changes_daily
    assert grid.field("shape") is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"x_title": ""}, "shape.x_title"),
        ({"default": "oval"}, "default: 'oval'"),
        ({"x_titel": "y"}, "shape.x_titel"),
        ({"x_options": {}}, "shape.x_options"),
        ({"ask": False}, "ask: false stands where there is one option"),
        (
            {"x_options": {True: ROW["x_options"]["round"]}, "default": "round"},  # type: ignore[index]
            "x_options",
        ),
    ],
)
def test_a_malformed_row_names_file_and_key(
    tmp_path: Path, change: dict[str, object], words: str
) -> None:
    path = write(tmp_path, shape={**ROW, **change})
    with pytest.raises(GridError) as caught:
        load_grid(path)
    assert "shape.yml" in caught.value.message
    assert words in caught.value.message


def test_what_is_needed_is_brought_by_one_other_row(tmp_path: Path) -> None:
    option = {"title": "R", "pick": "a", "upgrade": "b", "measure": "c"}
    needs = {**option, "needs": {"paint": "it is coloured"}}
    brings = {**option, "brings": ["paint"]}
    shape = {**ROW, "ask": False, "x_options": {"round": needs}}
    both = {**ROW, "ask": False, "x_options": {"round": {**needs, **brings}}}
    colour = {**ROW, "default": "red", "x_options": {"red": brings, "none": option}}

    for case, words in (
        ({"shape": shape}, "'paint' is brought by no row"),
        ({"shape": both}, "'paint' is brought by shape"),
        ({"a": colour, "b": colour, "shape": shape}, "'paint' is brought by a and b"),
    ):
        load_grid.cache_clear()
        with pytest.raises(GridError) as caught:
            load_grid(write(tmp_path, **case))
        assert words in caught.value.message
        assert "shape.x_options.round.needs" in caught.value.message

    load_grid.cache_clear()
    grid = load_grid(write(tmp_path, colour=colour, shape=shape))
    (rule,) = grid.rules(grid.rows[1].options["round"])
    assert (rule.row, rule.options, rule.why) == ("colour", ("red",), "it is coloured")


def test_a_question_has_to_be_a_mapping(tmp_path: Path) -> None:
    path = write(tmp_path, shape=ROW)
    (tmp_path / "shape.yml").write_text("shape: round\n", encoding="utf-8")
    with pytest.raises(GridError, match="shape: a question is a mapping"):
        load_grid(path)


def test_a_question_file_has_to_be_one_mapping(tmp_path: Path) -> None:
    path = write(tmp_path, shape=ROW)
    (tmp_path / "shape.yml").write_text("- round\n", encoding="utf-8")
    with pytest.raises(GridError, match="one mapping from name to question"):
        load_grid(path)


def test_broken_yaml_names_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, shape=ROW)
    (tmp_path / "shape.yml").write_text("shape: [", encoding="utf-8")
    with pytest.raises(GridError, match=r"shape\.yml: no YAML"):
        load_grid(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, shape=ROW)
    (tmp_path / "shape.yml").unlink()
    with pytest.raises(GridError, match=r"shape\.yml: cannot be read"):
        load_grid(path)


def test_a_wheel_has_its_own_copy_of_the_questions(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / "site-packages" / "groundplan"
    monkeypatch.setattr(load, "PACKAGE", package)
    assert load.questions_file() == package / "copier.yml"


def test_a_wheel_finds_the_included_files_beside_its_copy(tmp_path: Path) -> None:
    write(tmp_path, shape=ROW)
    path = tmp_path / "copier.yml"
    path.write_text("!include src/groundplan/shape.yml\n", encoding="utf-8")
    assert load_grid(path).names == ("shape",)
