"""`/api/v1/documents`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic_core import to_json
from starlette.requests import Request

from ..accounts.principal import Principal, Scope
from ..api.dependencies import PROTECTED, ContainerDependency, caller_with, problems
from ..api.errors import PreconditionFailedError
from ..api.idempotency import IdempotencyDependency, IdempotencyKeyHeader
from ..api.pagination import CursorParameter, Limit, PageOf, page_response
from ..db.unit_of_work import UnitOfWork
from .listing import DocumentFilter
from .models import Document, DocumentStatus
from .schemas import DocumentCreate, DocumentPatch, DocumentRead, DocumentSummary

router = APIRouter(
    prefix="/api/v1/documents", tags=["documents"], responses=problems(*PROTECTED)
)

Reader = Annotated[Principal, caller_with(Scope.DOCUMENTS_READ)]
Writer = Annotated[Principal, caller_with(Scope.DOCUMENTS_WRITE)]
DocumentId = Annotated[UUID, Path(description="Id of the document")]
IfMatch = Annotated[
    str | None,
    Header(description="ETag that was read; a newer one refuses the change"),
]
IfNoneMatch = Annotated[
    str | None, Header(description="ETag that was read; 304 when it is still that")
]


@router.post(
    "",
    summary="Create a document",
    status_code=201,
    response_model=DocumentRead,
    responses=problems(409, 413),
)
async def create_document(
    new: DocumentCreate,
    request: Request,
    caller: Writer,
    container: ContainerDependency,
    key: IdempotencyKeyHeader,
    idempotency: IdempotencyDependency,
) -> Response:
    """Create a document that belongs to the caller.

    With an `Idempotency-Key` a repetition gets the first answer again for a day.
    """

    async def work(uow: UnitOfWork) -> Response:
        document = await container.documents.create(uow, new)
        response = _represent(document, status=201)
        response.headers["Location"] = f"{request.url.path}/{document.id}"
        return response

    return await idempotency.once(
        key,
        principal=caller,
        route=f"POST {request.url.path}",
        payload=new,
        work=work,
    )


@router.get("", summary="List documents", response_model=PageOf[DocumentSummary])
async def list_documents(
    request: Request,
    caller: Reader,
    container: ContainerDependency,
    limit: Limit = 20,
    cursor: CursorParameter = None,
    status: Annotated[
        DocumentStatus | None, Query(description="Only of this status")
    ] = None,
    source: Annotated[
        str | None, Query(description="Only from this source", max_length=2048)
    ] = None,
) -> Response:
    """List documents without their text, newest first.

    Callers see their own and those that the service itself collected; admins see all.
    """
    wanted = DocumentFilter(status, source, visible_to=caller.owner)
    async with container.database.reader() as reader:
        page = await container.documents.page(
            reader, wanted, limit=limit, cursor=cursor
        )
    return page_response(request, page, cursor=cursor, limit=limit)


@router.get(
    "/{document_id}",
    summary="Read a document",
    response_model=DocumentRead,
    responses=problems(404),
)
async def read_document(
    document_id: DocumentId,
    caller: Reader,
    container: ContainerDependency,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Read a document with its text."""
    async with container.database.unit_of_work() as uow:
        document = await container.documents.read(
            uow, document_id, visible_to=caller.owner
        )
    if if_none_match is not None and _names(if_none_match, document, weakly=True):
        return Response(status_code=304, headers={"ETag": _etag(document)})
    return _represent(document)


@router.patch(
    "/{document_id}",
    summary="Change a document",
    response_model=DocumentRead,
    responses=problems(404, 409, 412, 413),
)
async def patch_document(
    document_id: DocumentId,
    patch: DocumentPatch,
    caller: Writer,
    container: ContainerDependency,
    if_match: IfMatch = None,
) -> Response:
    """Change the parts of a document that the body names."""
    async with container.database.unit_of_work() as uow:
        await _check(container, uow, document_id, caller, if_match)
        document = await container.documents.patch(uow, document_id, patch)
    return _represent(document)


@router.delete(
    "/{document_id}",
    summary="Delete a document",
    status_code=204,
    responses=problems(404, 409, 412),
)
async def delete_document(
    document_id: DocumentId,
    caller: Writer,
    container: ContainerDependency,
    if_match: IfMatch = None,
) -> None:
    """Mark a document as deleted; for every reader it is gone."""
    async with container.database.unit_of_work() as uow:
        await _check(container, uow, document_id, caller, if_match)
        await container.documents.delete(uow, document_id)


async def _check(
    container: ContainerDependency,
    uow: UnitOfWork,
    document_id: UUID,
    caller: Principal,
    if_match: str | None,
) -> None:
    """Refuse what is another's, and what has changed since it was read."""
    document = await container.documents.read(uow, document_id, changed_by=caller.owner)
    if if_match is not None and not _names(if_match, document):
        raise PreconditionFailedError


def _etag(document: Document) -> str:
    return f'"{document.version}"'


def _names(tags: str, document: Document, *, weakly: bool = False) -> bool:
    """Say whether a header's list of ETags has this version (RFC 9110 §13.1).

    A proxy that compresses marks a tag as weak: enough to read, not to change.
    """
    listed = {tag.strip() for tag in tags.split(",")}
    if weakly:
        listed = {tag.removeprefix("W/") for tag in listed}
    return not listed.isdisjoint({"*", _etag(document)})


def _represent(document: Document, *, status: int = 200) -> Response:
    return Response(
        to_json(DocumentRead.model_validate(document)),
        status,
        {"ETag": _etag(document)},
        media_type="application/json",
    )
