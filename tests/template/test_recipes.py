"""What the recipes of rendered projects start can be reached and fits their `.env`."""

from __future__ import annotations

import re
import tomllib
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


def test_a_secret_that_is_required_is_refused_when_missing(rendered: Rendered) -> None:
    """`docker compose config` names it on a host; on one's own `just up` makes it."""
    answers = {
        **defaults(),
        "backups": "nightly",
        "jobs": "celery",
        "compliance": "pii",
        "observability": "full",
        "secrets": "doppler",
    }
    project = rendered(answers)
    recipes = "".join(path.read_text() for path in (project / "compose").glob("*.yaml"))
    refused = set(re.findall(r"\$\{([A-Z_]+):\?", recipes))
    inventory = tomllib.loads((project / "ops/secrets/inventory.toml").read_text())
    required = {
        secret["name"]
        for secret in inventory["secret"]
        if secret.get("required", True) and secret.get("deployed", True)
    }
    made = re.findall(r"local_env\.py (.+)", (project / "Justfile").read_text())
    assert {"BACKUP_ENCRYPTION_KEYS", "PRIVACY_SIGNING_KEYS"} <= required
    assert required <= refused
    assert refused <= set(re.findall(r"[A-Z][A-Z_]+", " ".join(made)))


def test_each_container_signs_in_to_the_database_by_its_own_roles(
    rendered: Rendered,
) -> None:
    """What serves never holds the password of who owns the schema."""
    answers = {
        **defaults(),
        "backups": "nightly",
        "jobs": "celery",
        "observability": "full",
    }
    project = rendered(answers)
    services = {
        name: service.get("environment", {})
        for path in (project / "compose").glob("*.yaml")
        for name, service in yaml.safe_load(path.read_text())["services"].items()
    }
    roles = {
        name: set(re.findall(r"postgresql://([a-z_]+):", str(values)))
        for name, values in services.items()
    }
    first = services["database"]["POSTGRES_USER"]
    app, owner, backup, monitor = (
        f"{first}_{role}" for role in ("app", "owner", "backup", "monitor")
    )
    # Every service that is made from the project's image extends `app`.
    assert roles.pop("app") == {app}
    assert roles.pop("migrate") == {first, owner, backup, monitor}
    assert roles.pop("cli") == {owner, backup}
    assert roles.pop("worker") == {backup}
    assert not any(roles.values()), roles
    assert services["postgres-exporter"]["DATA_SOURCE_USER"] == monitor
    passwords = set(re.findall(r"\$\{([A-Z_]+PASSWORD):", str(services["migrate"])))
    blank = {name for name, value in services["app"].items() if value == ""}
    assert passwords <= blank, "the rest of .env reaches every container"
