"""What was asked for cannot be done."""

from .base import AppError


class NotFoundError(AppError):
    """Nothing is there, or nothing that this caller may see."""

    code = "not_found"
    title = "Not found"
    status = 404


class InvalidInputError(AppError):
    """The input is well-formed, yet breaks a rule of the domain."""

    code = "invalid_input"
    title = "Invalid input"
    status = 400


class ConflictError(AppError):
    """The request does not fit the present state."""

    code = "conflict"
    title = "Conflict with the present state"
    status = 409
