"""The dashboards that Grafana will load are whole."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.monitoring import DASHBOARDS, ROOT, dashboard_expressions, read

FILES = sorted(DASHBOARDS.glob("*.json"))
each_dashboard = pytest.mark.parametrize("path", FILES, ids=[p.name for p in FILES])


def panels(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["panels"]
    return found


@each_dashboard
def test_a_dashboard_is_named_like_its_file(path: Path) -> None:
    assert json.loads(path.read_text("utf-8"))["uid"] == path.stem


@each_dashboard
def test_panels_have_their_own_number_and_place(path: Path) -> None:
    numbers = [panel["id"] for panel in panels(path)]
    assert len(numbers) == len(set(numbers))
    taken: set[tuple[int, int]] = set()
    for panel in panels(path):
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells


@each_dashboard
def test_panels_ask_a_data_source_that_is_provisioned(path: Path) -> None:
    folder = ROOT / "ops" / "grafana" / "provisioning" / "datasources"
    sources = read(folder / "datasources.yaml")["datasources"]
    there = {source["uid"] for source in sources}
    asked = {
        target["datasource"]["uid"]
        for panel in panels(path)
        for target in panel["targets"]
    }
    assert asked <= there


def test_ops_home_shows_latency_errors_and_size() -> None:
    titles = {panel["title"] for panel in panels(DASHBOARDS / "ops-home.json")}
    assert {"API p95", "API error %", "Database size"} <= titles


def test_ops_home_shows_what_the_service_is_used_for() -> None:
    shown = dict(dashboard_expressions())
    home = "ops-home.json: "
    assert "documents_changed_total" in shown[home + "Documents changed in an hour"]
    assert "users_active" in shown[home + "Active users"]
