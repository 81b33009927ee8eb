"""Requests that cannot be read."""

from ...core.errors import AppError, InvalidInputError


class MalformedJsonError(InvalidInputError):
    """The body is not JSON."""

    code = "malformed_json"
    title = "The body is not JSON"


class InvalidRequestError(AppError):
    """The request breaks its schema; `errors` names each part."""

    code = "invalid_request"
    title = "The request breaks its schema"
    status = 422


class RequestTooLargeError(AppError):
    """The body is larger than the service takes."""

    code = "request_too_large"
    title = "The request is too large"
    status = 413
