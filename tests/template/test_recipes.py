"""What the recipes of rendered projects start can be reached and fits their `.env`."""

from __future__ import annotations

import re
from typing import Final

import pytest
import yaml
from tests.conftest import Rendered
from tests.support.grid import defaults

HERE: Final = ("127.0.0.1", "localhost", ".", "development")
"""Values of `.env.example` that are right beside the code, and wrong in a container."""


@pytest.mark.parametrize("jobs", ["none", "apscheduler", "celery", "rq"])
def test_no_value_for_this_machine_reaches_a_container(
    rendered: Rendered, jobs: str
) -> None:
    project = rendered({**defaults(), "jobs": jobs})
    example = (project / ".env.example").read_text()
    assigned = re.findall(r"^([A-Z_]+)=(.*)$", example, re.MULTILINE)
    named = {
        name
        for path in (project / "compose").glob("*.yaml")
        for service in yaml.safe_load(path.read_text())["services"].values()
        for name in service.get("environment", {})
    }
    wrong = [name for name, value in assigned if value in HERE and name not in named]
    assert not wrong, "set in no recipe, so that .env wins: " + ", ".join(wrong)


def test_a_folder_in_memory_belongs_to_who_writes_it(rendered: Rendered) -> None:
    """Engines with runc before 1.1.8 forget a mode at the second start."""
    answers = {**defaults(), "jobs": "celery", "observability": "full"}
    mounts = [
        mount
        for path in (rendered(answers) / "compose").glob("*.yaml")
        for service in yaml.safe_load(path.read_text())["services"].values()
        for mount in service.get("tmpfs", [])
        if "mode=" in mount
    ]
    assert len(mounts) >= 3
    assert all("uid=" in mount for mount in mounts), mounts
