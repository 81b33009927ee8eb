"""The description of the API, for people and for generators."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from .dependencies import CALLER, USER
from .problems import MEDIA_TYPE, Problem

_MODEL: Final = "#/components/schemas/{model}"
_DESCRIPTION: Final = """\
Errors are problem documents (RFC 9457); their `type` leads to an explanation.
Lists come in pages: follow `links.next`.
Every answer carries `X-Request-ID`, which finds its lines in the log, and says how much
of the rate limit is left.
A POST with an `Idempotency-Key` can be repeated safely.
Users send a token, services an API key: `X-API-Key`.
"""
_TAGS: Final = [
    {"name": "documents", "description": "What the service keeps"},
    {"name": "auth", "description": "Signing in and out"},
    {"name": "users", "description": "The caller"},
    {"name": "problems", "description": "What errors mean"},
    {"name": "health", "description": "For those who operate the service"},
]


class DescribedApi(FastAPI):
    """An application whose description is complete, errors included."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document; made at the first call."""
        if self.openapi_schema is None:
            self.openapi_schema = get_openapi(
                title=self.title,
                version=self.version,
                description=_DESCRIPTION,
                routes=self.routes,
                tags=_TAGS,
            )
            _problem_documents_only(self.openapi_schema)
            _token_or_key(self.openapi_schema)
        return self.openapi_schema


def _token_or_key(schema: dict[str, Any]) -> None:
    """Name the token too where a key will do; FastAPI knows one scheme of a route."""
    for path in schema["paths"].values():
        for operation in path.values():
            for needed in list(operation.get("security", ())):
                if CALLER.scheme_name in needed:
                    scopes = needed[CALLER.scheme_name]
                    operation["security"].insert(0, {USER.scheme_name: scopes})


def _problem_documents_only(schema: dict[str, Any]) -> None:
    """Describe errors as they are sent; FastAPI assumes a shape of its own.

    Named at each route, the shape would be worked out anew for each error of each route
    when a worker starts.
    """
    problem = Problem.model_json_schema(ref_template=_MODEL, mode="serialization")
    content = {MEDIA_TYPE: {"schema": {"$ref": _MODEL.format(model="Problem")}}}
    for path in schema["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400:  # noqa: PLR2004 - where errors begin
                    response["content"] = content
    models = schema["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        models.pop(unused, None)
    models |= {**problem.pop("$defs"), "Problem": problem}
