"""Requests that the service does not answer now."""

from ...core.errors import AppError, UnavailableError


class RequestTimeoutError(AppError):
    """The request took longer than it may."""

    code = "request_timeout"
    title = "The request took too long"
    status = 504


class NotReadyError(UnavailableError):
    """The service should get no requests now."""

    code = "not_ready"
    title = "Not ready"
