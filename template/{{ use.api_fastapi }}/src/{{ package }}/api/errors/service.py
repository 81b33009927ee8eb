"""Requests that the service does not answer now."""

from ...core.errors import AppError, UnavailableError


class RequestTimeoutError(AppError):
    """The request took longer than it may."""

    code = "request_timeout"
    title = "The request took too long"
    status = 504
    explanation = (
        "The work took longer than a request may. It was stopped, and nothing of it "
        "was kept."
    )


class NotReadyError(UnavailableError):
    """The service should get no requests now."""

    code = "not_ready"
    title = "Not ready"
    explanation = (
        "The service is starting, about to stop, or lacks something that it needs. It "
        "will say so itself when it is ready."
    )
