"""Tasks that are not there."""

from ...core.errors import NotFoundError


class TaskNotFoundError(NotFoundError):
    """There is no such task, or it is not in a state that allows this."""

    code = "task_not_found"
    title = "No such task"


class UnknownTaskError(NotFoundError):
    """Nothing is registered under this name."""

    code = "unknown_task"
    title = "No task of this name"
