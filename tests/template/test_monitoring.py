"""Monitoring covers every component that a project runs (S4 Operations)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from tests.conftest import Rendered
from tests.support.pairs import name_of, pairwise_set

EXPORTERS = {"database": "postgres-exporter", "valkey": "valkey-exporter"}
"""Who speaks for a service that shows no metrics itself."""

WITHOUT = {"docker-logs", "docker-socket"}
"""They have no metrics: without them the scrape of who reads through them fails."""

WATCHED = [case for case in pairwise_set() if case.get("observability") == "full"]


def running(project: Path) -> set[str]:
    """Return the services that a recipe keeps running."""
    found: set[str] = set()
    for path in (project / "compose").glob("*.yaml"):
        services = yaml.safe_load(path.read_text()).get("services", {})
        found |= {name for name, value in services.items() if lasting(name, value)}
    return found


def lasting(name: str, service: Mapping[str, object]) -> bool:
    return name != "app" and "profiles" not in service and service.get("restart") != "no"


def scraped(project: Path) -> set[str]:
    """Return the hosts that Prometheus asks."""
    settings = yaml.safe_load((project / "ops/prometheus/prometheus.yml").read_text())
    jobs = settings["scrape_configs"]
    return {
        target.partition(":")[0].replace("localhost", "prometheus")
        for job in jobs
        for config in job.get("static_configs", [])
        for target in config["targets"]
    } | {
        name
        for job in jobs
        for config in job.get("dns_sd_configs", [])
        for name in config["names"]
    }


def profiled(project: Path) -> set[str]:
    """Return the services made from the image that run when somebody asks for them."""
    found: set[str] = set()
    for path in (project / "compose").glob("*.yaml"):
        services = yaml.safe_load(path.read_text()).get("services", {})
        found |= {
            name
            for name, value in services.items()
            if "profiles" in value and value.get("restart") != "no"
        }
    return found


@pytest.mark.parametrize("answers", WATCHED, ids=name_of)
def test_every_service_is_scraped(
    answers: Mapping[str, str], rendered: Rendered
) -> None:
    project = rendered(answers)
    wanted = {EXPORTERS.get(name, name) for name in running(project) - WITHOUT}
    assert wanted - scraped(project) == set()
    assert profiled(project) - scraped(project) == set()


@pytest.mark.parametrize("answers", WATCHED, ids=name_of)
def test_every_instance_of_a_scaled_service_is_scraped(
    answers: Mapping[str, str], rendered: Rendered
) -> None:
    project = rendered(answers)
    path = project / "ops/prometheus/prometheus.yml"
    for job in yaml.safe_load(path.read_text())["scrape_configs"]:
        if job["job_name"] in {"api", "worker", "worker-long"}:
            assert job["dns_sd_configs"][0]["type"] == "A"
            assert "static_configs" not in job
