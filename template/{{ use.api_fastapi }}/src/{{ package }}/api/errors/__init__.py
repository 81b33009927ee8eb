"""Failures that only HTTP knows; the others are in `core/errors`."""

from .address import UnknownHostError, UnknownPathError
from .body import InvalidRequestError, MalformedJsonError, RequestTooLargeError
from .service import NotReadyError, RequestTimeoutError
from .state import IdempotencyConflictError, PreconditionFailedError

__all__ = [
    "IdempotencyConflictError",
    "InvalidRequestError",
    "MalformedJsonError",
    "NotReadyError",
    "PreconditionFailedError",
    "RequestTimeoutError",
    "RequestTooLargeError",
    "UnknownHostError",
    "UnknownPathError",
]
