"""Requests that cannot be read."""

from ...core.errors import AppError, InvalidInputError


class MalformedJsonError(InvalidInputError):
    """The body is not JSON."""

    code = "malformed_json"
    title = "The body is not JSON"
    explanation = "The body is no JSON. Nothing of it was used."


class InvalidRequestError(AppError):
    """The request breaks its schema; `errors` names each part."""

    code = "invalid_request"
    title = "The request breaks its schema"
    status = 422
    explanation = (
        "Parts of the request break its schema. `errors` names each of them and says "
        "what is wrong with it."
    )


class RequestTooLargeError(AppError):
    """The body is larger than the service takes."""

    code = "request_too_large"
    title = "The request is too large"
    status = 413
    explanation = (
        "The body has more bytes than this path accepts. `detail` says how many it may "
        "have."
    )
