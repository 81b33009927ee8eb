"""Every error leaves as a problem document of one shape (RFC 9457)."""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from math import ceil
from typing import Any, Final, NamedTuple

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Mount

from ..core.context import current
from ..core.errors import (
    AppError,
    AuthenticationError,
    AuthorizationError,
    RateLimitedError,
    UnavailableError,
)
from .errors import InvalidRequestError, MalformedJsonError, UnknownPathError
from .oauth import oauth_error

MEDIA_TYPE: Final = "application/problem+json"
TYPES_PATH: Final = "/api/v1/problems"
# Where a request's scope keeps what made it fail, for the metrics.
FAILURE: Final = "failure"
_RETRY_SECONDS: Final = 5
_MOST_ERRORS: Final = 50
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


class FieldError(BaseModel):
    """One part of a request that breaks its schema.

    Attributes:
        location: Path to the part, such as `body.title`.
        message: What is wrong with it.
        code: The same for programs.
    """

    model_config = ConfigDict(frozen=True)

    location: str = Field(examples=["body.title"])
    message: str = Field(examples=["String should have at least 1 character"])
    code: str = Field(examples=["string_too_short"])


class Problem(BaseModel):
    """What went wrong (RFC 9457).

    Attributes:
        type: Names the kind of error; its address describes it.
        title: The kind in words, equal for equal types.
        status: The HTTP status again.
        detail: What happened this time.
        instance: The path that was asked for.
        code: The kind for programs.
        trace_id: Finds the log lines of this request.
        errors: Every part that breaks the schema.
        error: At the token endpoint, the kind as OAuth 2.0 names it (RFC 6749).
    """

    model_config = ConfigDict(frozen=True)

    type: str = Field(examples=[f"{TYPES_PATH}/not_found"])
    title: str = Field(examples=["Not found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no such document."])
    instance: str = Field(examples=["/api/v1/documents/0197a1b2"])
    code: str = Field(examples=["not_found"])
    trace_id: str | None = Field(
        default=None, examples=["4bf92f3577b34da6a3ce929d0e0e4736"]
    )
    errors: list[FieldError] | None = None
    error: str | None = Field(default=None, examples=["invalid_grant"])


class _Kind(NamedTuple):
    """What all occurrences of an error have in common."""

    status: int
    code: str
    title: str


def problem_response(
    error: AppError, path: str, errors: list[FieldError] | None = None
) -> Response:
    """Answer with an expected failure.

    Args:
        error: What happened.
        path: Of the request.
        errors: The parts of the request that are wrong.
    """
    detail = error.detail if error.hint is None else f"{error.detail} {error.hint}"
    kind = _Kind(error.status, error.code, error.title)
    return _response(kind, detail, path, headers=_headers(error), errors=errors)


def unexpected_response(path: str) -> Response:
    """Answer to a failure nobody expected, without a word about it."""
    return problem_response(AppError(), path)


def install_error_handlers(app: FastAPI) -> None:
    """Translate what routes raise, in this one place."""
    app.add_exception_handler(AppError, _on_app_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_exception)


def problem_types(root: type[AppError] = AppError) -> Iterator[type[AppError]]:
    """Walk the tree of errors."""
    yield root
    for child in root.__subclasses__():
        yield from problem_types(child)


async def _on_app_error(request: Request, error: Exception) -> Response:
    known = error if isinstance(error, AppError) else AppError()
    request.scope[FAILURE] = known
    return problem_response(known, request.url.path)


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    """Answer 400 to what is no JSON, 422 to JSON that breaks the schema."""
    found: Sequence[Mapping[str, Any]] = (
        error.errors() if isinstance(error, RequestValidationError) else ()
    )
    if any(item["type"] == "json_invalid" for item in found):
        return problem_response(MalformedJsonError(), request.url.path)
    errors = [_field_error(item) for item in found[:_MOST_ERRORS]]
    return problem_response(InvalidRequestError(), request.url.path, errors)


def _field_error(item: Mapping[str, Any]) -> FieldError:
    """Name the part and what is wrong, never the value that was sent."""
    return FieldError(
        location=".".join(str(part) for part in item["loc"]),
        message=str(item["msg"]).removeprefix("Value error, "),
        code=item["type"],
    )


async def _on_http_exception(request: Request, error: Exception) -> Response:
    """Dress what the framework raises by itself: 404, 405, unreadable bodies."""
    if isinstance(error.__cause__, AppError):
        # Reading the body failed by one of our limits; the framework wrapped it.
        return problem_response(error.__cause__, request.url.path)
    known = error if isinstance(error, HTTPException) else HTTPException(500)
    if known.status_code == HTTPStatus.NOT_FOUND:
        return problem_response(UnknownPathError(), request.url.path)
    headers = dict(known.headers or {})
    if known.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_allowed(request))
    title = HTTPStatus(known.status_code).phrase
    kind = _Kind(known.status_code, title.lower().replace(" ", "_"), title)
    return _response(kind, known.detail, request.url.path, headers=headers)


def _allowed(request: Request) -> list[str]:
    """Name the methods of a path; the framework knows those of one route only."""
    routes: list[BaseRoute] = request.app.router.routes
    asked = {"type": "http", "path": request.url.path, "root_path": ""}
    found = [
        method
        for method in _METHODS
        if any(
            route.matches({**asked, "method": method})[0] is Match.FULL
            for route in routes
            if not isinstance(route, Mount)
        )
    ]
    return ["GET", "HEAD", *found[1:]] if found[:1] in (["GET"], []) else found


def _headers(error: AppError) -> dict[str, str]:
    if isinstance(error, RateLimitedError):
        return {"Retry-After": str(max(1, ceil(error.retry_after)))}
    if isinstance(error, UnavailableError):
        return {"Retry-After": str(_RETRY_SECONDS)}
    if isinstance(error, AuthenticationError):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, AuthorizationError):
        return {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}
    return {}


def _response(
    kind: _Kind,
    detail: str,
    path: str,
    *,
    headers: Mapping[str, str] | None = None,
    errors: list[FieldError] | None = None,
) -> Response:
    trace = current().trace
    problem = Problem(
        type=f"{TYPES_PATH}/{kind.code}",
        title=kind.title,
        status=kind.status,
        detail=detail,
        instance=path,
        code=kind.code,
        trace_id=trace.trace_id if trace else None,
        errors=errors,
        error=oauth_error(path, kind.status, kind.code, errors),
    )
    return Response(
        to_json(problem, exclude_none=True),
        kind.status,
        {"Cache-Control": "no-store", **(headers or {})},
        media_type=MEDIA_TYPE,
    )
