"""What follows when a task is given up for good."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from pydantic import ValidationError

from ..core.errors import AppError
from ..core.logging import get_logger
from ..db.unit_of_work import UnitOfWork
from .models import Task
from .registry import TaskRegistry

if TYPE_CHECKING:
    from ..bootstrap import Container

type GiveUp = Callable[[UnitOfWork, Task], Awaitable[None]]

_logger = get_logger(__name__)


class DeadLetters:
    """Tells whoever defined a task that its last try has failed."""

    def __init__(self, container: "Container", registry: TaskRegistry) -> None:
        """Take the parts of the service, and what the names of tasks stand for."""
        self._container = container
        self._registry = registry

    async def give_up(self, uow: UnitOfWork, task: Task) -> None:
        """Let the definition's `given_up` act, in the transaction of the task's end.

        Whatever it raises undoes its own changes only: the task is dead all the same.

        Args:
            uow: The transaction in which the task becomes a dead letter.
            task: The task.
        """
        try:
            definition = self._registry[task.name]
            if definition.given_up is None:
                return
            payload = definition.payload.model_validate(task.payload)
            async with uow.session.begin_nested():
                await definition.given_up(self._container, uow, payload)
        except (AppError, ValidationError) as error:
            _logger.warning(
                "task_given_up_unheard",
                task_id=str(task.id),
                error=type(error).__name__,
            )
        except Exception:  # a mistake in it must not end the worker, time after time
            _logger.exception("task_given_up_unheard", task_id=str(task.id))
