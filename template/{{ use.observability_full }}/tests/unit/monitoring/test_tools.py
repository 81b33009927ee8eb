"""The tools that will read the files accept them; `just monitoring` tests the rules."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.support.monitoring import ROOT, dashboard_expressions

SECONDS = 120


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed: nothing was checked")
    return found


def run(*command: str) -> None:
    done = subprocess.run(  # noqa: S603 - tools and files that are named here
        command,
        capture_output=True,
        check=False,
        cwd=ROOT,
        text=True,
        timeout=SECONDS,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "FAILED" not in said, said


def test_prometheus_accepts_its_configuration_and_rules() -> None:
    promtool = tool("promtool")
    rules = sorted(map(str, (ROOT / "ops/prometheus/rules").glob("*.yaml")))
    configuration = "ops/prometheus/prometheus.yml"
    run(promtool, "check", "config", "--syntax-only", configuration)
    run(promtool, "check", "rules", *rules)


def test_alertmanager_accepts_its_configuration() -> None:
    run(tool("amtool"), "check-config", "ops/alertmanager/alertmanager.yml")


def test_prometheus_parses_every_expression_of_the_dashboards(tmp_path: Path) -> None:
    promtool = tool("promtool")
    rules = [
        {"record": f"panel:{number}", "expr": expression}
        for number, (_, expression) in enumerate(dashboard_expressions())
    ]
    path = tmp_path / "panels.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    run(promtool, "check", "rules", str(path))
