"""`privacy`: what a controller does for the people whose data is kept."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from ..bootstrap import Container
from ..command import prepare, run_with_container
from ..core.console import out
from . import consent_commands, persons, processors, trail
from . import inventory as pages
from .erasure import Eraser
from .exporting import Exporter
from .keys import load_keys
from .keys import new_key as make_key
from .retention import retain as remove_old

app = typer.Typer(help="Personal data: KVKK and GDPR.", no_args_is_help=True)
app.add_typer(consent_commands.app, name="consent")

PersonId = Annotated[UUID, typer.Argument(help="Id of the person; `privacy find`.")]
DocumentId = Annotated[UUID, typer.Argument(help="Id of the document.")]


@app.command()
def add(
    name: Annotated[str, typer.Option(prompt="Name", help="Asked unless given.")],
    contact: Annotated[
        str, typer.Option(prompt="Contact", help="Such as an e-mail address.")
    ] = "",
    account: Annotated[
        UUID | None, typer.Option(help="Account through which the person signs in.")
    ] = None,
) -> None:
    """Add a person; name and contact are asked, so that no shell remembers them."""

    async def work(container: Container) -> UUID:
        async with container.database.unit_of_work() as uow:
            person = await persons.add(
                uow.session, name, contact=contact or None, account=account
            )
        return person.id

    typer.echo(run_with_container(work))


@app.command()
def find(
    words: Annotated[str, typer.Option(prompt="Name or contact", help="A part of it.")],
) -> None:
    """Find persons by their name or contact."""

    async def work(container: Container) -> None:
        async with container.database.unit_of_work() as uow:
            for person in await persons.find(uow.session, words):
                typer.echo(f"{person.id}  {person.name}  {person.contact or ''}")

    run_with_container(work)


@app.command()
def link(person: PersonId, document: DocumentId) -> None:
    """Say that a document is about a person."""

    async def work(container: Container) -> None:
        async with container.database.unit_of_work() as uow:
            await persons.link(uow.session, person, document)

    run_with_container(work)


@app.command()
def unlink(person: PersonId, document: DocumentId) -> None:
    """Say that a document is not about a person after all."""

    async def work(container: Container) -> None:
        async with container.database.unit_of_work() as uow:
            await persons.unlink(uow.session, person, document)

    run_with_container(work)


@app.command()
def export(
    person: PersonId,
    to: Annotated[
        Path | None, typer.Option(help="File; else <person>.jsonl here.")
    ] = None,
) -> None:
    """Write everything about a person into a file (KVKK art. 11)."""
    file = to or Path(f"{person}.jsonl")

    async def work(container: Container) -> int:
        return await Exporter(container.settings, container.database).write(
            person, file
        )

    typer.echo(f"{file}: {run_with_container(work)} lines")


@app.command()
def erase(
    person: PersonId,
    shared: Annotated[
        bool, typer.Option("--shared", help="Also documents about somebody else too.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete everything about a person for good (KVKK art. 7)."""

    async def preview(container: Container) -> int:
        eraser = Eraser(container.settings, container.database)
        return len((await eraser.preview(person)).documents)

    async def work(container: Container) -> dict[str, int]:
        eraser = Eraser(container.settings, container.database)
        return await eraser.erase(person, shared=shared)

    if not yes:
        count = run_with_container(preview)
        typer.confirm(
            f"The person and {count} documents go for good. Go on?", abort=True
        )
    _show(run_with_container(work))


@app.command()
def retain() -> None:
    """Remove for good what is past its period (KVKK art. 7)."""

    async def work(container: Container) -> dict[str, int]:
        return await remove_old(container.settings, container.database)

    _show(run_with_container(work))


@app.command("reapply-erasures")
def reapply_erasures() -> None:
    """Erase again what a restored backup has brought back; each start does it too."""

    async def work(container: Container) -> dict[str, int]:
        eraser = Eraser(container.settings, container.database)
        return await eraser.reapply(everything=True)

    _show(run_with_container(work))


@app.command("verify-audit")
def verify_audit(
    expected: Annotated[
        str | None, typer.Option(help="A seal noted earlier; it must be there.")
    ] = None,
) -> None:
    """Check that nobody has changed the trail."""

    async def work(container: Container) -> trail.Verified:
        settings = container.settings
        keys = load_keys(settings, settings.base_dir)
        async with container.database.unit_of_work(report=True) as uow:
            return await trail.verify(uow.session, keys, expected=expected)

    found = run_with_container(work)
    typer.echo(f"{found.lines} lines, last seal {found.seal or 'none'}")


@app.command()
def inventory(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 when out of date.")
    ] = False,
) -> None:
    """Write the data inventory from the models (KVKK art. 16)."""
    prepare()
    if check:
        current = pages.PAGE.is_file() and pages.PAGE.read_text("utf-8") == pages.page()
        raise typer.Exit(0 if current else 1)
    written = pages.write()
    out.print(f"{pages.PAGE}: {'written' if written else 'up to date'}")


@app.command("processors")
def show_processors(
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 when an agreement is missing.")
    ] = False,
) -> None:
    """Check the register of processors and name missing agreements (GDPR art. 28)."""
    settings = prepare()
    register = processors.load()
    found = list(processors.faults(register, type(settings).model_fields))
    missing = processors.missing(register)
    for fault in found:
        out.print(fault, markup=False)
    for service in missing:
        out.print(f"{service}: no agreement is recorded.", markup=False)
    out.print(f"{len(register)} processors, see {processors.PAGE}")
    if found or (strict and missing):
        raise typer.Exit(1)


@app.command("new-key")
def new_key() -> None:
    """Print a fresh key for PRIVACY_SIGNING_KEYS; it is stored nowhere."""
    typer.echo(make_key())


def _show(removed: dict[str, int]) -> None:
    for section, count in removed.items():
        typer.echo(f"{section}: {count}")
    if not removed:
        typer.echo("Nothing was there to remove.")
