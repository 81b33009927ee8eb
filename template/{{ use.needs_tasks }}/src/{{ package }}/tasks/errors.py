"""Errors of the tasks, part of the tree in `core/errors.py`.

AppError
├── NotFoundError
│   ├── TaskNotFoundError     no such task
│   └── UnknownTaskError      nothing is registered under this name
├── ConflictError
│   └── LeaseLostError        another worker has the task by now
└── UnavailableError
    └── QueueFullError        too many tasks wait already
"""

from ..core.errors import ConflictError, NotFoundError, UnavailableError


class TaskNotFoundError(NotFoundError):
    """There is no such task, or it is not in a state that allows this (S0 §3.2)."""

    code = "task_not_found"
    title = "No such task"


class UnknownTaskError(NotFoundError):
    """Nothing is registered under this name (S1 §10.5)."""

    code = "unknown_task"
    title = "No task of this name"


class LeaseLostError(ConflictError):
    """The worker was silent for too long; another one has the task (S0 §5.2)."""

    code = "lease_lost"
    title = "The task belongs to another worker"


class QueueFullError(UnavailableError):
    """Too many tasks wait already; the caller should come back later (S0 §3.1)."""

    code = "queue_full"
    title = "Too many tasks are waiting"
