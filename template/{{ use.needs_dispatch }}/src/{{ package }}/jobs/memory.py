"""A task may use up the memory of its own process, and no more."""

import contextlib
import resource
from dataclasses import replace
from typing import Any, Final

from pydantic import BaseModel

from ..core.errors import AppError
from ..tasks.context import TaskContext
from ..tasks.registry import TaskDefinition, TaskRegistry
from .dispatch_config import DispatchSettings

_MIB: Final = 1024 * 1024


class MemoryLimitError(AppError):
    """A task wanted more memory than its process may have."""

    code = "memory_limit_exceeded"
    title = "The task needs too much memory"


def limit_memory(settings: DispatchSettings) -> None:
    """Limit what this process may take, so that the machine has enough for others."""
    wanted = settings.task_memory_mb * _MIB
    if wanted:
        _, highest = resource.getrlimit(resource.RLIMIT_DATA)
        if highest != resource.RLIM_INFINITY:
            wanted = min(wanted, highest)
        resource.setrlimit(resource.RLIMIT_DATA, (wanted, highest))


def answering_for_memory(registry: TaskRegistry) -> TaskRegistry:
    """Let each task fail by itself when its memory ends.

    The machine is fit to work all the same, which a `MemoryError` would deny.
    """
    return TaskRegistry(_answering(definition) for definition in registry)


def _answering(definition: TaskDefinition[Any]) -> TaskDefinition[Any]:
    async def handler(context: TaskContext, payload: BaseModel) -> BaseModel | None:
        with contextlib.suppress(MemoryError):  # and what its frames hold is free
            return await definition.handler(context, payload)
        message = "It wanted more than TASK_MEMORY_MB."
        raise MemoryLimitError(message)

    return replace(definition, handler=handler)
