"""`groundplan explain` puts the grid into words."""

from __future__ import annotations

import pytest

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


def test_an_unknown_row_has_a_nearest_one() -> None:
    with pytest.raises(UnknownNameError) as caught:
        explain("dbb")
    assert "'db'" in caught.value.hint
