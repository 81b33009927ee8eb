"""The envelope of every list."""

from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from ..core.pagination import Page

Limit = Annotated[int, Query(ge=1, le=100, description="Rows on a page")]
CursorParameter = Annotated[
    str | None,
    Query(description="From links or meta of another page, unchanged", max_length=512),
]


class PageMeta(BaseModel):
    """Where a page stands. There is no total: counting costs more than the page.

    Attributes:
        cursor: What this page was asked with; null on the first.
        limit: Rows on a page.
    """

    model_config = ConfigDict(frozen=True)

    cursor: str | None = Field(examples=[None])
    limit: int = Field(examples=[20])


class PageLinks(BaseModel):
    """The neighbouring pages.

    Attributes:
        next: Path of the following page; null on the last.
        prev: Path of the page before; null on the first.
    """

    model_config = ConfigDict(frozen=True)

    next: str | None = Field(examples=["/api/v1/documents?limit=20&cursor=q1w2"])
    prev: str | None = Field(examples=[None])


class PageOf[Item](BaseModel):
    """One page of a list.

    Attributes:
        data: The rows.
        meta: Where the page stands.
        links: The neighbouring pages.
    """

    model_config = ConfigDict(frozen=True)

    data: list[Item]
    meta: PageMeta
    links: PageLinks


def page_response[Row: NamedTuple](
    request: Request,
    page: Page[Row],
    *,
    cursor: str | None,
    limit: int,
) -> Response:
    """Write a page of rows as JSON in one step, without a model for each row.

    The rows come from our own database; the route's `response_model` documents them and
    a test compares both.

    Args:
        request: Gives the path and the filters that the links repeat.
        page: The rows and where their neighbours are.
        cursor: What the page was asked with.
        limit: Rows on a page.
    """
    body: dict[str, Any] = {
        "data": _objects(page.items),
        "meta": {"cursor": cursor, "limit": limit},
        "links": {
            "next": _link(request, page.next_cursor),
            "prev": _link(request, page.previous_cursor),
        },
    }
    return Response(to_json(body), media_type="application/json")


def _objects(rows: Sequence[NamedTuple]) -> list[dict[str, Any]]:
    if not rows:
        return []
    names = rows[0]._fields
    return [dict(zip(names, row, strict=True)) for row in rows]


def _link(request: Request, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    kept = [
        (name, value)
        for name, value in request.query_params.multi_items()
        if name != "cursor"
    ]
    query = urlencode([*kept, ("cursor", cursor)])
    return f"{request.scope['path']}?{query}"
