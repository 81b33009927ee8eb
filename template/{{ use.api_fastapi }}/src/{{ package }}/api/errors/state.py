"""Requests that come too late for the present state."""

from ...core.errors import AppError, ConflictError


class PreconditionFailedError(AppError):
    """`If-Match` names another version than the present one (RFC 9110 §13.1.1)."""

    code = "precondition_failed"
    title = "The resource has changed"
    status = 412
    explanation = (
        "The resource has changed since it was read: its `ETag` is not the one in `If- "
        "Match`. Read it again."
    )


class IdempotencyConflictError(ConflictError):
    """The key was used for another request, or has expired."""

    code = "idempotency_conflict"
    title = "The idempotency key cannot be used"
    explanation = (
        "The `Idempotency-Key` was used for another request, or long ago. Use a new "
        "one for a new request."
    )
