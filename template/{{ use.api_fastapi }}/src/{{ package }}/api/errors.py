"""Failures that only HTTP knows; the others are in `core/errors.py` (S2 §16.2)."""

from ..core.errors import (
    AppError,
    ConflictError,
    InvalidInputError,
    NotFoundError,
    UnavailableError,
)


class UnknownPathError(NotFoundError):
    """No route has this path (S2 §18.8)."""

    code = "unknown_path"
    title = "No such path"


class MalformedJsonError(InvalidInputError):
    """The body is not JSON (S2 §18.8)."""

    code = "malformed_json"
    title = "The body is not JSON"


class InvalidRequestError(AppError):
    """The request breaks its schema; `errors` names each part (S2 §18.8)."""

    code = "invalid_request"
    title = "The request breaks its schema"
    status = 422


class RequestTooLargeError(AppError):
    """The body is larger than the service takes (S4 Security Baseline)."""

    code = "request_too_large"
    title = "The request is too large"
    status = 413


class RequestTimeoutError(AppError):
    """The request took longer than it may (S1 §9)."""

    code = "request_timeout"
    title = "The request took too long"
    status = 504


class UnknownHostError(AppError):
    """The Host header names somebody else (S4 Security Baseline)."""

    code = "unknown_host"
    title = "The service does not answer to this host name"
    status = 400


class PreconditionFailedError(AppError):
    """`If-Match` names another version than the present one (RFC 9110 §13.1.1)."""

    code = "precondition_failed"
    title = "The resource has changed"
    status = 412


class IdempotencyConflictError(ConflictError):
    """The key was used for another request, or has expired (S2 §18.9)."""

    code = "idempotency_conflict"
    title = "The idempotency key cannot be used"


class NotReadyError(UnavailableError):
    """The service should get no requests now (S2 §13.5)."""

    code = "not_ready"
    title = "Not ready"
