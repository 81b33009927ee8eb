"""The commands around secrets: audit their age, record a rotation."""

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import typer
from rich.table import Column, Table

from ..command import prepare
from ..core.clock import utc_now
from ..core.console import out
from ..resilience.files import atomic_write
from .audit import SecretAudit, SecretState, audit_secrets
from .config import SecretInventorySettings
from .errors import InventoryError, SecretsMissingError, SecretsOverdueError
from .inventory import SecretInventory, load_inventory, with_rotation

app = typer.Typer(help="Inventory and age of secrets.", no_args_is_help=True)

_STYLES = {
    SecretState.FRESH: "green",
    SecretState.DUE: "yellow",
    SecretState.OVERDUE: "bold red",
}


@app.command()
def audit(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Report what is due for rotation; fail on what is overdue.

    Raises:
        SecretsOverdueError: A secret is older than the policy and its grace.
    """
    settings = prepare()
    inventory = load_inventory(settings.secrets_inventory_file)
    result = audit_secrets(inventory, settings, utc_now().date())
    if as_json:
        typer.echo(result.model_dump_json(indent=2))
    else:
        _print(result)
    if overdue := result.names(SecretState.OVERDUE):
        limit = result.rotation_days + result.grace_days
        message = f"Older than {limit} days: {', '.join(overdue)}."
        raise SecretsOverdueError(message, hint="docs/runbooks/secret-rotation.md")


@app.command()
def rotated(
    name: Annotated[str, typer.Argument(help="The secret, such as SENTRY_DSN.")],
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day; today if unset.")
    ] = None,
) -> None:
    """Record that a secret was changed."""
    settings = prepare()
    file = settings.secrets_inventory_file
    entry = load_inventory(file).find(name)
    today = utc_now().date()
    day = on.date() if on else today
    if not entry.rotated <= day <= today:
        message = f"{day} is not between {entry.rotated} and today."
        raise InventoryError(message, hint="A rotation is recorded after it was done.")
    atomic_write(file, with_rotation(file.read_text("utf-8"), name, day), settings)
    out.print(f"{name} was rotated on {day}; commit {file}.")


@app.command()
def check(
    names: Annotated[
        bool, typer.Option("--names", help="Print what a deployment hands over.")
    ] = False,
) -> None:
    """Name the required secrets that the environment lacks.

    Raises:
        SecretsMissingError: At least one is missing.
    """
    file = _policy().secrets_inventory_file
    inventory = load_inventory(file)
    if missing := missing_secrets(inventory, os.environ):
        message = f"Missing: {', '.join(missing)}."
        hint = f"Set them where secrets are kept; {file} says what each is for."
        raise SecretsMissingError(message, hint=hint)
    if not names:
        out.print("Every required secret is set.")
        return
    for entry in inventory.secret:
        if entry.deployed:
            typer.echo(entry.name)


def missing_secrets(
    inventory: SecretInventory, environment: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the names of required secrets that are unset or empty."""
    return tuple(
        entry.name
        for entry in inventory.secret
        if entry.deployed and entry.required and not environment.get(entry.name)
    )


def _policy() -> SecretInventorySettings:
    """Read this part of the settings alone: the others may not be complete yet."""
    file = os.environ.get("SECRETS_INVENTORY_FILE")
    return SecretInventorySettings.model_validate(
        {"secrets_inventory_file": file} if file else {}
    )


def _print(result: SecretAudit) -> None:
    # Nothing is cut off, however narrow: a workflow's log has no width of its own.
    table = Table(
        Column("secret", no_wrap=True),
        "class",
        Column("owner", overflow="fold"),
        "age in days",
        "state",
        Column("how to rotate", overflow="fold"),
    )
    for found in result.secrets:
        style = _STYLES[found.state]
        table.add_row(
            found.name,
            found.data_class,
            found.owner,
            str(found.age_days),
            f"[{style}]{found.state}[/]",
            found.guide,
        )
    out.print(table)
