"""Requests to nobody here."""

from ...core.errors import AppError, NotFoundError


class UnknownPathError(NotFoundError):
    """No route has this path."""

    code = "unknown_path"
    title = "No such path"


class UnknownHostError(AppError):
    """The Host header names somebody else."""

    code = "unknown_host"
    title = "The service does not answer to this host name"
    status = 400
