"""`privacy consent`: what persons agreed to."""

from typing import Annotated
from uuid import UUID

import typer

from ..bootstrap import Container
from ..command import run_with_container
from .consents import history, state_consent
from .keys import load_keys
from .models import Consent, ConsentState

app = typer.Typer(help="What persons agreed to.", no_args_is_help=True)

PersonId = Annotated[UUID, typer.Argument(help="Id of the person.")]
Purpose = Annotated[str, typer.Argument(help="What for, such as newsletter.")]
Version = Annotated[str, typer.Option(help="Of the text that the person read.")]
Source = Annotated[str, typer.Option(help="Where it was said.")]
Proof = Annotated[str | None, typer.Option(help="Digest or reference that shows it.")]


@app.command()
def give(
    person: PersonId,
    purpose: Purpose,
    version: Version,
    source: Source,
    proof: Proof = None,
) -> None:
    """Record that a person agreed (KVKK art. 5)."""
    _state(
        Consent(
            person_id=person,
            purpose=purpose,
            version=version,
            state=ConsentState.GIVEN,
            source=source,
            proof=proof,
        )
    )


@app.command()
def withdraw(
    person: PersonId,
    purpose: Purpose,
    version: Version,
    source: Source,
    proof: Proof = None,
) -> None:
    """Record that a person took it back (GDPR art. 7)."""
    _state(
        Consent(
            person_id=person,
            purpose=purpose,
            version=version,
            state=ConsentState.WITHDRAWN,
            source=source,
            proof=proof,
        )
    )


@app.command("list")
def show(person: PersonId) -> None:
    """List everything that a person said, oldest first."""

    async def work(container: Container) -> None:
        async with container.database.unit_of_work() as uow:
            for one in await history(uow.session, person):
                typer.echo(
                    f"{one.at:%Y-%m-%d %H:%M}  {one.state:<9}  {one.purpose}"
                    f"  {one.version}  {one.source}  {one.proof or ''}".rstrip()
                )

    run_with_container(work)


def _state(consent: Consent) -> None:
    async def work(container: Container) -> None:
        settings = container.settings
        keys = load_keys(settings, settings.base_dir)
        async with container.database.unit_of_work() as uow:
            await state_consent(uow.session, keys, consent)

    run_with_container(work)
    typer.echo(f"{consent.purpose}: {consent.state}")
