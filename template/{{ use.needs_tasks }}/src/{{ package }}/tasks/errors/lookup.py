"""Tasks that are not there."""

from ...core.errors import NotFoundError


class TaskNotFoundError(NotFoundError):
    """There is no such task, or it is not in a state that allows this (S0 §3.2)."""

    code = "task_not_found"
    title = "No such task"


class UnknownTaskError(NotFoundError):
    """Nothing is registered under this name (S1 §10.5)."""

    code = "unknown_task"
    title = "No task of this name"
