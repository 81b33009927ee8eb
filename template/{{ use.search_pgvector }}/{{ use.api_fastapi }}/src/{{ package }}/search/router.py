"""`/api/v1/search`."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from starlette.requests import Request

from ..accounts.principal import Principal, Scope
from ..api.dependencies import PROTECTED, ContainerDependency, caller_with, problems
from ..api.pagination import CursorParameter, Limit, PageOf, page_response
from ..documents.listing import DocumentFilter
from ..documents.models import DocumentStatus
from .schemas import SearchResult

router = APIRouter(
    prefix="/api/v1/search", tags=["search"], responses=problems(*PROTECTED)
)

Reader = Annotated[Principal, caller_with(Scope.DOCUMENTS_READ)]
Words = Annotated[
    str,
    Query(
        min_length=1,
        max_length=500,
        description='Words, "phrases", -exclusions and OR',
        examples=["annual report -draft"],
    ),
]


@router.get("", summary="Search documents", response_model=PageOf[SearchResult])
async def search_documents(
    request: Request,
    caller: Reader,
    container: ContainerDependency,
    q: Words,
    limit: Limit = 20,
    cursor: CursorParameter = None,
    status: Annotated[
        DocumentStatus | None, Query(description="Only of this status")
    ] = None,
    source: Annotated[
        str | None, Query(description="Only from this source", max_length=2048)
    ] = None,
) -> Response:
    """Find documents by their words and their meaning, best first.

    The snippet is HTML: the text is escaped, the words that fit are in `<mark>`.
    """
    only = DocumentFilter(status, source, visible_to=caller.owner)
    page = await container.search.search(
        container.database, q, only, limit=limit, cursor=cursor
    )
    return page_response(request, page, cursor=cursor, limit=limit)
