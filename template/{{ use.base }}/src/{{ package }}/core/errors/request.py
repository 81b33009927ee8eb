"""What was asked for cannot be done."""

from .base import AppError


class NotFoundError(AppError):
    """Nothing is there, or nothing that this caller may see."""

    code = "not_found"
    title = "Not found"
    status = 404
    explanation = (
        "Nothing is there, or nothing that this caller may see. Check the address and "
        "the id in it."
    )


class InvalidInputError(AppError):
    """The input is well-formed, yet breaks a rule of the domain."""

    code = "invalid_input"
    title = "Invalid input"
    status = 400
    explanation = (
        "The request can be read, yet breaks a rule. `detail` says which; change the "
        "request before it is sent again."
    )


class ConflictError(AppError):
    """The request does not fit the present state."""

    code = "conflict"
    title = "Conflict with the present state"
    status = 409
    explanation = (
        "The request does not fit what is stored now. Read the present state, then "
        "decide whether to send it anew."
    )
