"""Requests to nobody here."""

from ...core.errors import AppError, NotFoundError


class UnknownPathError(NotFoundError):
    """No route has this path."""

    code = "unknown_path"
    title = "No such path"
    explanation = (
        "The service has no such path. The description of the API lists all of them."
    )


class UnknownHostError(AppError):
    """The Host header names somebody else."""

    code = "unknown_host"
    title = "The service does not answer to this host name"
    status = 400
    explanation = (
        "The request names a host that this service does not answer to, or more than "
        "one. Check the address that was called."
    )
