"""`/api/v1/privacy`: for those who answer for personal data."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Path, Query
from fastapi.responses import StreamingResponse

from ..accounts.principal import Principal, Scope
from ..api.dependencies import PROTECTED, ContainerDependency, caller_with, problems
from . import persons
from .consents import history, state_consent
from .erasure import Eraser
from .exporting import Exporter
from .keys import load_keys
from .models import Consent
from .schemas import ConsentCreate, ConsentRead, PersonCreate

router = APIRouter(
    prefix="/api/v1/privacy", tags=["privacy"], responses=problems(*PROTECTED)
)

_LINES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "JSON lines; the last one is the manifest",
        "content": {"application/x-ndjson": {}},
    }
}

Officer = Annotated[Principal, caller_with(Scope.PRIVACY_ADMIN)]
PersonId = Annotated[UUID, Path(description="Id of the person")]
DocumentId = Annotated[UUID, Path(description="Id of the document")]


@router.post(
    "/persons", summary="Add a person", status_code=201, responses=problems(409, 413)
)
async def create_person(
    new: PersonCreate, caller: Officer, container: ContainerDependency
) -> dict[str, UUID]:
    """Add somebody whose data is kept; the answer is the id."""
    del caller
    async with container.database.unit_of_work() as uow:
        person = await persons.add(
            uow.session, new.name, contact=new.contact, account=new.account
        )
    return {"id": person.id}


@router.put(
    "/persons/{person_id}/documents/{document_id}",
    summary="Link a document",
    status_code=204,
    responses=problems(404),
)
async def link_document(
    person_id: PersonId,
    document_id: DocumentId,
    caller: Officer,
    container: ContainerDependency,
) -> None:
    """Say that a document is about a person; again does nothing."""
    del caller
    async with container.database.unit_of_work() as uow:
        await persons.link(uow.session, person_id, document_id)


@router.get(
    "/persons/{person_id}/export",
    summary="Export a person",
    response_class=StreamingResponse,
    responses=_LINES | problems(404),
)
async def export_person(
    person_id: PersonId, caller: Officer, container: ContainerDependency
) -> StreamingResponse:
    """Stream everything about a person, and record that it was exported."""
    del caller
    lines = Exporter(container.settings, container.database).lines(person_id)
    first = await anext(lines)  # raises before the answer begins

    async def body() -> AsyncGenerator[str]:
        async with aclosing(lines):
            yield first
            async for line in lines:
                yield line

    return StreamingResponse(body(), media_type="application/x-ndjson")


@router.delete(
    "/persons/{person_id}", summary="Erase a person", responses=problems(404, 409)
)
async def erase_person(
    person_id: PersonId,
    caller: Officer,
    container: ContainerDependency,
    shared: Annotated[
        bool, Query(description="Also documents that are about somebody else too")
    ] = False,
) -> dict[str, int]:
    """Delete everything about a person for good; the answer counts it by section."""
    del caller
    eraser = Eraser(container.settings, container.database)
    return await eraser.erase(person_id, shared=shared)


@router.post(
    "/persons/{person_id}/consents",
    summary="Record a consent",
    status_code=201,
    responses=problems(404, 413),
)
async def record_consent(
    person_id: PersonId,
    said: ConsentCreate,
    caller: Officer,
    container: ContainerDependency,
) -> ConsentRead:
    """Record what a person said; nothing is overwritten, the last statement counts."""
    del caller
    keys = load_keys(container.settings, container.settings.base_dir)
    async with container.database.unit_of_work() as uow:
        consent = Consent(person_id=person_id, **said.model_dump())
        await state_consent(uow.session, keys, consent)
    return ConsentRead.model_validate(consent)


@router.get(
    "/persons/{person_id}/consents",
    summary="List consents",
    responses=problems(404),
)
async def list_consents(
    person_id: PersonId, caller: Officer, container: ContainerDependency
) -> list[ConsentRead]:
    """List everything that a person said, oldest first."""
    del caller
    async with container.database.unit_of_work() as uow:
        said = await history(uow.session, person_id)
    return [ConsentRead.model_validate(one) for one in said]
