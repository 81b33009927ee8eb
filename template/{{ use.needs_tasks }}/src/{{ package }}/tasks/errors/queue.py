"""Tasks that cannot be taken in or kept."""

from ...core.errors import ConflictError, UnavailableError


class LeaseLostError(ConflictError):
    """The worker was silent for too long; another one has the task."""

    code = "lease_lost"
    title = "The task belongs to another worker"


class QueueFullError(UnavailableError):
    """Too many tasks wait already; the caller should come back later."""

    code = "queue_full"
    title = "Too many tasks are waiting"
    explanation = (
        "So much work is waiting that no more is taken. Try again after `Retry-After`."
    )
