"""Answers are checked against the grid and know where they came from."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.errors import (
    AnswersFileError,
    InvalidAnswerError,
    UnknownNameError,
)
from groundplan.grid.load import load_grid
from groundplan.project.answers import (
    Answer,
    Origin,
    from_file,
    from_settings,
    values,
)

GRID = load_grid()


def test_settings_answer_rows_and_fields() -> None:
    found = from_settings(["db=none", "owner=@me", "description=a=b"], GRID)
    assert values(found) == {"db": "none", "owner": "@me", "description": "a=b"}
    assert {answer.origin for answer in found.values()} == {Origin.FLAG}


def test_reasons_are_set_one_by_one() -> None:
    found = from_settings(["reasons.db=we know it", "reasons.api=asked for"], GRID)
    assert values(found) == {"reasons": {"db": "we know it", "api": "asked for"}}


def test_reasons_can_be_set_as_yaml() -> None:
    assert values(from_settings(["reasons={db: why}"], GRID)) == {
        "reasons": {"db": "why"}
    }


def test_a_reason_adds_to_a_mapping_given_before() -> None:
    found = from_settings(["reasons={db: why}", "reasons.api=so"], GRID)
    assert values(found) == {"reasons": {"db": "why", "api": "so"}}


def test_a_reason_adds_to_those_of_a_file() -> None:
    before = {"reasons": Answer({"db": "why", "api": "so"}, Origin.FILE)}
    found = from_settings(["reasons.api=other"], GRID, before)
    assert found == {"reasons": Answer({"db": "why", "api": "other"}, Origin.FLAG)}


@pytest.mark.parametrize("setting", ["reasons=", "reasons=[1]", "reasons=text"])
def test_a_reason_is_not_added_to_what_is_no_mapping(setting: str) -> None:
    with pytest.raises(InvalidAnswerError, match="no mapping") as caught:
        from_settings([setting, "reasons.db=why"], GRID)
    assert caught.value.hint == "write --set reasons.db=… alone"


@pytest.mark.parametrize(
    ("setting", "kind", "words"),
    [
        ("db", InvalidAnswerError, "there is no value"),
        ("dbb=none", UnknownNameError, "no row of the grid"),
        ("db=nome", UnknownNameError, "no option 'nome'"),
        ("db.x=none", InvalidAnswerError, "is one value"),
        ("owner.x=none", InvalidAnswerError, "is one value"),
        ("reasons={", InvalidAnswerError, "is no YAML"),
        ("reasons=" + "[" * 3000, InvalidAnswerError, "nested too deeply"),
        ("reasons={db: a, db: b}", InvalidAnswerError, "stands twice"),
        ("db =none", InvalidAnswerError, "a space beside the name"),
        ("description=\udcff", InvalidAnswerError, "no UTF-8 text"),
        ("reasons.db=\udcff", InvalidAnswerError, "no UTF-8 text"),
        ("use=x", UnknownNameError, "no row of the grid"),
        ("_commit=x", UnknownNameError, "no row of the grid"),
    ],
)
def test_a_wrong_setting_is_refused(
    setting: str, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words):
        from_settings([setting], GRID)


def test_the_nearest_spelling_is_the_hint() -> None:
    with pytest.raises(UnknownNameError) as caught:
        from_settings(["license=mit"], GRID)
    assert "'licence'" in caught.value.hint


def test_a_file_leaves_out_what_is_copiers_own(tmp_path: Path) -> None:
    path = tmp_path / "answers.yml"
    path.write_text("_commit: abc\ndb: none\nreasons: {db: x}\n", encoding="utf-8")
    assert from_file(path, GRID) == {
        "db": Answer("none", Origin.FILE),
        "reasons": Answer({"db": "x"}, Origin.FILE),
    }


def test_a_number_in_a_file_is_the_option_of_that_name(tmp_path: Path) -> None:
    path = tmp_path / "answers.yml"
    path.write_text("python_version: 3.12\n", encoding="utf-8")
    assert values(from_file(path, GRID)) == {"python_version": "3.12"}


def test_a_date_in_a_file_is_the_text_that_was_typed(tmp_path: Path) -> None:
    path = tmp_path / "answers.yml"
    path.write_text("kickoff_date: 2026-01-31\n", encoding="utf-8")
    assert values(from_file(path, GRID)) == {"kickoff_date": "2026-01-31"}


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        ("owner: @me", AnswersFileError, "no YAML"),
        ("reasons: " + "[" * 2000, AnswersFileError, "no YAML"),
        ("description:", InvalidAnswerError, "answers.yml: description is no text"),
        ("owner: [a]", InvalidAnswerError, "answers.yml: owner is no text"),
        ("a: 1", UnknownNameError, "answers.yml: 'a' is no row"),
        ("- db", AnswersFileError, "no mapping"),
        ("", AnswersFileError, "is empty"),
        ("db: none\ndb: postgres", AnswersFileError, "'db' stands twice"),
        ("reasons: {db: a, db: b}", AnswersFileError, "'db' stands twice"),
        ('description: "\\udcff"', InvalidAnswerError, "no UTF-8 text"),
        ("db: [", AnswersFileError, "no YAML"),
        ("dbb: none", UnknownNameError, "no row of the grid"),
        ("db: nome", UnknownNameError, "no option 'nome'"),
    ],
)
def test_a_wrong_file_is_refused(
    tmp_path: Path, content: str, kind: type[Exception], words: str
) -> None:
    path = tmp_path / "answers.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(kind, match=words):
        from_file(path, GRID)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "answers.yml"
    path.write_bytes("description: Müşteri".encode("iso-8859-9"))
    with pytest.raises(AnswersFileError, match="not encoded in UTF-8"):
        from_file(path, GRID)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AnswersFileError, match="cannot be read"):
        from_file(tmp_path / "none.yml", GRID)
