"""The names that OAuth 2.0 has for errors of its token endpoint (RFC 6749, 5.2)."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final, Protocol

TOKEN_PATH: Final = "/api/v1/auth/token"  # noqa: S105 - a path, not a secret
_BY_CODE: Final = {
    "invalid_credentials": "invalid_grant",
    "invalid_input": "invalid_scope",
}


class _Part(Protocol):
    @property
    def location(self) -> str: ...
    @property
    def code(self) -> str: ...


def oauth_error(
    path: str, status: int, code: str, errors: Sequence[_Part] | None
) -> str | None:
    """Return the name that a client library looks for; nothing on other paths.

    Args:
        path: Of the request.
        status: That it is answered with.
        code: Our own name of the error.
        errors: The parts of the form that are wrong.
    """
    if path != TOKEN_PATH:
        return None
    if code in _BY_CODE:
        return _BY_CODE[code]
    if any(_is_other_grant(part) for part in errors or ()):
        return "unsupported_grant_type"
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        return "temporarily_unavailable"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "server_error"
    return "invalid_request"


def _is_other_grant(part: _Part) -> bool:
    return part.location == "body.grant_type" and part.code != "missing"
