"""`db`: what operators and developers do with the schema."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from ..command import prepare
from ..core.console import out
from ..core.settings import Settings
from . import migrate as migrations
from . import provision
from .database import open_database
from .development import given_or_embedded
from .history import History
from .roles import logins
from .seed import seed as add_examples

app = typer.Typer(help="The database and its schema.", no_args_is_help=True)


def _run[Result](
    work: Callable[[Settings], Coroutine[Any, Any, Result]], *, migrated: bool = False
) -> Result:
    """Run work on the given database, or in development on the embedded one."""

    async def run() -> Result:
        async with given_or_embedded(prepare(), migrated=migrated) as settings:
            return await work(settings)

    return asyncio.run(run())


@app.command()
def migrate(
    revision: Annotated[str, typer.Argument(help="Where to stop.")] = "heads",
) -> None:
    """Apply the missing migrations; run it before a new release starts.

    With DATABASE_ADMIN_URL the roles come first, with the passwords of their addresses.
    """

    async def work(settings: Settings) -> None:
        await provision.ensure(settings)
        await migrations.upgrade(settings, revision)

    _run(work)
    out.print(f"The schema is at {revision}.")


@app.command()
def downgrade(
    revision: Annotated[
        str, typer.Argument(help="What remains: base, or branch@base.")
    ],
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask: the data of what goes is lost.")
    ] = False,
) -> None:
    """Take migrations back, newest first."""
    if not yes:
        typer.confirm("Tables and columns that go lose their data. Go on?", abort=True)
    _run(lambda settings: migrations.downgrade(settings, revision))
    out.print(f"The schema is back at {revision}.")


@app.command()
def revision(
    message: Annotated[str, typer.Argument(help="What changes, in a few words.")],
    branch: Annotated[
        str | None,
        typer.Option(help="Put it on this branch; else the changed tables decide."),
    ] = None,
) -> None:
    """Write migrations from the difference between models and schema."""

    async def write(settings: Settings) -> list[Path]:
        # Only for here: production has no use for it.
        from .revisions import add_revisions  # noqa: PLC0415

        return await add_revisions(settings, message, branch=branch)

    for path in _run(write, migrated=True):
        out.print(f"Written: {os.path.relpath(path)}", soft_wrap=True)
    out.print("Review it, then apply it: db migrate.")


@app.command()
def check() -> None:
    """Fail when the models and the schema differ."""
    _run(migrations.check, migrated=True)
    out.print("The models and the schema agree.")


@app.command()
def status() -> None:
    """Show which branches are at their newest version."""

    async def read(settings: Settings) -> tuple[dict[str, bool], History]:
        async with open_database(settings, service="db-status") as database:
            engine = database.engine
            return await migrations.status(engine), await migrations.history(engine)

    found, history = _run(read)
    for name, applied in found.items():
        out.print(f"{name}: {'applied' if applied else 'missing'}")
    for name in sorted(history.unknown):
        out.print(f"{name}: of a newer release, or of a removed area (db forget)")
    if not all(found.values()):
        raise typer.Exit(1)


@app.command()
def forget(
    revisions: Annotated[list[str], typer.Argument(help="As `db status` shows them.")],
) -> None:
    """Drop the names of migrations that the project no longer has; tables stay."""
    _run(lambda settings: migrations.forget(settings, revisions))
    out.print(f"Forgotten: {', '.join(revisions)}. Tables stay as they are.")


@app.command()
def describe(
    check: Annotated[
        bool, typer.Option("--check", help="Compare with the file, write nothing.")
    ] = False,
) -> None:
    """Write what the tables are to m2m/tables.json."""
    # Only for here: production has no use for it.
    from . import description  # noqa: PLC0415

    text = description.tables_json()
    description.keep(description.PATH, text, check=check, again="just db describe")


@app.command()
def roles(
    sql: Annotated[
        bool, typer.Option("--sql", help="Print the statements for an administrator.")
    ] = False,
) -> None:
    """Make the roles that the database's addresses name, each with its password."""

    async def work(settings: Settings) -> str:
        if sql:
            return provision.script(settings)
        await provision.provide(settings)
        names = [login.name for login in logins(settings)]
        return f"Ready: {', '.join(names)}. Their rights come with: db migrate.\n"

    out.print(_run(work), end="", markup=False, highlight=False, soft_wrap=True)


@app.command()
def seed() -> None:
    """Add example documents unless there are documents already."""
    out.print(f"Added {_run(add_examples)} documents.")
