"""`users`: the only way to make and manage users."""

import sys
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from ..bootstrap import Container
from ..command import run_with_container
from ..core.console import err, out
from ..db.unit_of_work import UnitOfWork
from .administration import DEFAULT_SCOPES, UserAdministration
from .listing import listing
from .passwords import generate
from .principal import Scope

app = typer.Typer(help="Make and manage users.", no_args_is_help=True)

type _Work[Result] = Callable[[UserAdministration, UnitOfWork], Awaitable[Result]]

Name = Annotated[str, typer.Argument(help="What the user types to sign in.")]
FromStdin = Annotated[
    bool, typer.Option("--stdin", help="Read the password from standard input.")
]
Generate = Annotated[
    bool, typer.Option("--generate", help="Make a password and print it once.")
]
Scopes = Annotated[
    list[Scope] | None,
    typer.Option("--scope", help="What the user may do; can be given repeatedly."),
]


@app.command("create")
def create(
    name: Name,
    scope: Scopes = None,
    stdin: FromStdin = False,
    generated: Generate = False,
) -> None:
    """Make a user; the password is asked, read or generated, never an argument."""
    password = _password(stdin=stdin, generated=generated)
    scopes = scope or list(DEFAULT_SCOPES)
    _run(lambda users, uow: users.create(uow, name, password, scopes))
    _show(password, generated=generated)
    out.print(f"User {name.lower()} may: {', '.join(scopes)}", markup=False)


@app.command("list")
def show() -> None:
    """List the users."""
    users = _run(lambda users, uow: users.users(uow))
    table = listing("name", "scopes", "created", "state")
    for user in users:
        state = "disabled" if user.disabled_at else "active"
        created = f"{user.created_at:%Y-%m-%d}"
        table.add_row(user.name, "\n".join(user.scopes), created, state)
    out.print(table)


@app.command("set-password")
def set_password(
    name: Name, stdin: FromStdin = False, generated: Generate = False
) -> None:
    """Replace a password and end the user's sessions."""
    password = _password(stdin=stdin, generated=generated)
    _run(lambda users, uow: users.set_password(uow, name, password))
    _show(password, generated=generated)
    out.print(f"{name.lower()} has a new password.", markup=False)


@app.command("set-scopes")
def set_scopes(name: Name, scope: Scopes = None) -> None:
    """Replace what a user may do; without --scope the user may do nothing."""
    _run(lambda users, uow: users.set_scopes(uow, name, scope or []))
    allowed = ", ".join(scope or []) or "nothing"
    out.print(f"{name.lower()} may: {allowed}", markup=False)


@app.command("disable")
def disable(name: Name) -> None:
    """Shut a user out and end the user's sessions."""
    _run(lambda users, uow: users.disable(uow, name))
    out.print(f"{name.lower()} is shut out.", markup=False)


@app.command("enable")
def enable(name: Name) -> None:
    """Let a disabled user in again."""
    _run(lambda users, uow: users.enable(uow, name))
    out.print(f"{name.lower()} may sign in again.", markup=False)


@app.command("unlock")
def unlock(name: Name) -> None:
    """Forget a user's failed attempts to sign in."""
    _run(lambda users, uow: users.unlock(uow, name))
    out.print(f"{name.lower()} is not locked.", markup=False)


def _run[Result](work: _Work[Result]) -> Result:
    async def _in_container(container: Container) -> Result:
        accounts = container.accounts
        users = UserAdministration(accounts.passwords, accounts.throttle)
        async with container.database.unit_of_work() as uow:
            return await work(users, uow)

    return run_with_container(_in_container)


def _password(*, stdin: bool, generated: bool) -> str:
    """Get a password without leaving it in the shell's history."""
    if generated:
        return generate()
    if stdin:
        return sys.stdin.readline().rstrip("\n")
    answer: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer


def _show(password: str, *, generated: bool) -> None:
    """Print a made password once it counts: a command that is refused has set none."""
    if generated:
        err.print("The password, shown only now:")
        out.print(password, markup=False)
