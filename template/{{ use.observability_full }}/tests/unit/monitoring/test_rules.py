"""Every alert can be acted upon, and is tested in its three states."""

import re
from typing import Any

import pytest

from tests.support.monitoring import ROOT, RUNBOOKS, alerts, metrics_in, rule_tests

GUIDE = ROOT / "docs" / "guides" / "observability.md"
HEADINGS = (
    "## What it means",
    "## How to look",
    "## How to fix it",
    "## How to know it is over",
)

each_alert = pytest.mark.parametrize(
    ("name", "rule"), alerts().items(), ids=list(alerts())
)


@each_alert
def test_an_alert_says_how_bad_it_is_and_what_to_do(
    name: str, rule: dict[str, Any]
) -> None:
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}, name
    assert rule["labels"]["area"]
    assert {"summary", "description", "runbook_url"} <= rule["annotations"].keys()


@each_alert
def test_the_runbook_of_an_alert_exists_and_is_whole(
    name: str, rule: dict[str, Any]
) -> None:
    url = rule["annotations"]["runbook_url"]
    page = re.fullmatch(
        r"\{\{ \$externalLabels\.docs \}\}/runbooks/([a-z-]+)/(?:#[a-z-]+)?", url
    )
    assert page, url
    text = (RUNBOOKS / f"{page[1]}.md").read_text("utf-8")
    assert f"`{name}`" in text
    positions = [text.find(heading) for heading in HEADINGS]
    assert -1 not in positions
    assert positions == sorted(positions)


def severities_in_guide() -> dict[str, str]:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|", GUIDE.read_text("utf-8"), re.M)
    return dict(rows)


def test_the_guide_lists_exactly_the_alerts_that_exist() -> None:
    there = {name: rule["labels"]["severity"] for name, rule in alerts().items()}
    assert severities_in_guide() == there


@each_alert
def test_an_alert_is_tested_silent_firing_and_over(
    name: str, rule: dict[str, Any]
) -> None:
    del rule
    states = [
        "".join("F" if case["exp_alerts"] else "." for case in cases)
        for test in rule_tests()
        if (
            cases := [
                case
                for case in test.get("alert_rule_test", [])
                if case["alertname"] == name
            ]
        )
    ]
    assert any(".F." in seen for seen in states), f"{name}: {states}"


@pytest.mark.parametrize(
    ("expression", "metrics"),
    [
        ("up == 0", {"up"}),
        ('1 - a{b="c d"} / on (x) group_left () b > 80e9', {"a", "b"}),
        ("sum by (le) (rate(a_bucket[5m])) > 0.3", {"a_bucket"}),
        ("a:b:c offset 1w and floor(log10(d >= 10000))", {"a:b:c", "d"}),
        ("count by (v) (a) unless count by (v) (b offset 10m)", {"a", "b"}),
    ],
)
def test_metrics_are_found_in_expressions(expression: str, metrics: set[str]) -> None:
    assert metrics_in(expression) == metrics
