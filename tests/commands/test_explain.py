"""`groundplan explain` puts the grid into words."""

from __future__ import annotations

import json

import pytest
import typer

from groundplan.commands.explain import explain
from groundplan.errors import UnknownNameError
from groundplan.grid.load import load_grid

GRID = load_grid()


def test_lists_every_row(capsys: pytest.CaptureFixture[str]) -> None:
    explain()
    shown = capsys.readouterr()
    for row in GRID.rows:
        assert row.name in shown.out
    assert "groundplan explain ROW" in shown.err


@pytest.mark.parametrize("row", GRID.rows, ids=lambda row: row.name)
def test_explains_each_option(row: object, capsys: pytest.CaptureFixture[str]) -> None:
    name = getattr(row, "name", "")
    explain(name)
    shown = " ".join(capsys.readouterr().out.split())
    found = GRID.row(name)
    assert found is not None
    for key, option in found.options.items():
        assert f"{name}={key}" in shown
        assert " ".join(option.upgrade.split()) in shown
        for why in option.needs.values():
            assert why in shown


def test_explains_a_kickoff_field(capsys: pytest.CaptureFixture[str]) -> None:
    explain("owner")
    assert "Who owns it?" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["celery", "jobs.celery", "jobs=celery"])
def test_explains_one_option(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    explain(name)
    shown = capsys.readouterr().out
    assert "jobs=celery" in shown
    assert "jobs=rq" not in shown


@pytest.mark.parametrize(
    ("name", "words", "hint"),
    [
        ("none", "of several rows", "jobs.none"),
        ("jobs.cellery", "no option 'cellery'", "'celery'"),
        ("cellery", "no row of the grid, no option", "'celery'"),
    ],
)
def test_what_names_no_single_thing_is_refused(
    name: str, words: str, hint: str
) -> None:
    with pytest.raises(UnknownNameError, match=words) as caught:
        explain(name)
    assert hint in caught.value.hint


def test_json_has_what_the_words_have(capsys: pytest.CaptureFixture[str]) -> None:
    explain(as_json=True)
    whole = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in whole["rows"]] == [row.name for row in GRID.rows]
    assert [each["name"] for each in whole["fields"]] == [
        field.name for field in GRID.fields
    ]
    explain("celery", as_json=True)
    one = json.loads(capsys.readouterr().out)
    assert one["option"] == "celery"
    assert one["row"]["options"]["celery"]["pick"]
    explain("owner", as_json=True)
    assert json.loads(capsys.readouterr().out)["field"]["name"] == "owner"


def test_an_error_in_json_is_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit):
        explain("cellery", as_json=True)
    assert "'celery'" in json.loads(capsys.readouterr().out)["error"]["hint"]


def test_an_unknown_row_has_a_nearest_one() -> None:
    with pytest.raises(UnknownNameError) as caught:
        explain("dbb")
    assert "'db'" in caught.value.hint
