"""Hints name what somebody probably meant."""

from __future__ import annotations

from groundplan.grid.spelling import nearest

NAMES = ("web", "api", "db", "licence")


def test_names_the_nearest() -> None:
    assert nearest("license", NAMES).startswith("did you mean 'licence'?")


def test_ignores_upper_case() -> None:
    assert nearest("DB", NAMES).startswith("did you mean 'db'?")


def test_lists_all_when_nothing_is_near() -> None:
    assert nearest("zzzz", NAMES) == "there are: web, api, db, licence"
