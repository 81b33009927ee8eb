"""Errors of the tasks, part of the tree in `core/errors`.

AppError
├── NotFoundError
│   ├── TaskNotFoundError     no such task
│   └── UnknownTaskError      nothing is registered under this name
├── ConflictError
│   └── LeaseLostError        another worker has the task by now
└── UnavailableError
    └── QueueFullError        too many tasks wait already
"""

from .lookup import TaskNotFoundError, UnknownTaskError
from .queue import LeaseLostError, QueueFullError

__all__ = [
    "LeaseLostError",
    "QueueFullError",
    "TaskNotFoundError",
    "UnknownTaskError",
]
