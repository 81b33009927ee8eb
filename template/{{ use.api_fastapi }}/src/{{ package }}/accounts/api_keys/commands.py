"""`api-keys`: the only way to make and manage API keys."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated

import typer

from ...bootstrap import Container
from ...command import run_with_container
from ...core.clock import utc_now
from ...core.console import err, out
from ...db.unit_of_work import UnitOfWork
from ..listing import listing
from ..principal import Scope
from .administration import ApiKeyAdministration
from .models import ApiKey

app = typer.Typer(help="Make and manage API keys of services.", no_args_is_help=True)

type _Work[Result] = Callable[
    [ApiKeyAdministration, UnitOfWork, timedelta], Awaitable[Result]
]

Name = Annotated[str, typer.Argument(help="The service that calls with the key.")]
Days = Annotated[
    int | None,
    typer.Option(min=1, max=365, help="How long it counts; default: API_KEY_DAYS."),
]


@app.command("create")
def create(
    name: Name,
    owner: Annotated[str, typer.Option(help="The user who answers for the key.")],
    scope: Annotated[
        list[Scope],
        typer.Option("--scope", help="What it may do; can be given repeatedly."),
    ],
    days: Days = None,
) -> None:
    """Make a key and print it once; only its digest is stored."""
    _print_once(
        _run(
            lambda keys, uow, life: keys.create(
                uow, name, owner=owner, scopes=scope, life=life
            ),
            days,
        )
    )


@app.command("list")
def show() -> None:
    """List the keys; none is shown, for none is stored."""
    found = _run(lambda keys, uow, _: keys.keys(uow))
    table = listing("name", "owner", "scopes", "created", "ends", "last used", "state")
    for key, owner in found:
        used = f"{key.last_used_at:%Y-%m-%d}" if key.last_used_at else "never"
        table.add_row(
            key.name,
            owner.name,
            "\n".join(key.scopes),
            f"{key.created_at:%Y-%m-%d}",
            f"{key.expires_at:%Y-%m-%d}",
            used,
            _state(key, owner_disabled=owner.disabled_at is not None),
        )
    out.print(table)


@app.command("rotate")
def rotate(
    name: Name,
    days: Days = None,
    overlap_hours: Annotated[
        int,
        typer.Option(min=0, max=168, help="How long the old key is accepted too."),
    ] = 24,
    owner: Annotated[
        str | None, typer.Option(help="Who answers for it from now on.")
    ] = None,
) -> None:
    """Replace a key and print the new one once; what it made stays its own."""
    overlap = timedelta(hours=overlap_hours)
    _print_once(
        _run(
            lambda keys, uow, life: keys.rotate(
                uow, name, life=life, overlap=overlap, owner=owner
            ),
            days,
        )
    )


@app.command("revoke")
def revoke(name: Name) -> None:
    """End a key for good."""
    _run(lambda keys, uow, _: keys.revoke(uow, name))
    out.print(f"{name} is revoked.", markup=False)


def _run[Result](work: _Work[Result], days: int | None = None) -> Result:
    async def _in_container(container: Container) -> Result:
        life = timedelta(days=days or container.settings.api_key_days)
        async with container.database.unit_of_work() as uow:
            return await work(ApiKeyAdministration(), uow, life)

    return run_with_container(_in_container)


def _print_once(api_key: str) -> None:
    err.print("The key, shown only now:")
    out.print(api_key, markup=False, soft_wrap=True)


def _state(key: ApiKey, *, owner_disabled: bool) -> str:
    if key.revoked_at is not None:
        return "revoked"
    if key.expires_at <= utc_now():
        return "expired"
    return "owner disabled" if owner_disabled else "active"
