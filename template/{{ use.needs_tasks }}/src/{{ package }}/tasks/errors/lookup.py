"""Tasks that are not there."""

from ...core.errors import NotFoundError


class TaskNotFoundError(NotFoundError):
    """There is no such task, or it is not in a state that allows this."""

    code = "task_not_found"
    title = "No such task"
    explanation = "There is no such task, or none that this caller may see."


class UnknownTaskError(NotFoundError):
    """Nothing is registered under this name."""

    code = "unknown_task"
    title = "No task of this name"
    explanation = "The service has no kind of task with this name."
