"""What a worker process is started with; it travels to another process."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any

from ..core.settings import Settings
from ..tasks.registry import TaskDefinition, TaskRegistry


@dataclass(frozen=True, slots=True)
class Orders:
    """Everything a process needs, since it inherits nothing.

    Attributes:
        settings: The whole configuration, with the addresses of embedded servers.
        tasks: Module and name of each definition.
        lifeline: Is closed at its other end when the worker ends, however it ends.
        reports: Takes what became of each task.
    """

    settings: Settings = field(repr=False)
    tasks: tuple[tuple[str, str], ...]
    lifeline: Connection
    reports: Connection

    def registry(self) -> TaskRegistry:
        """Find the definitions again."""
        return TaskRegistry(
            getattr(import_module(module), name) for module, name in self.tasks
        )


def paths(registry: Iterable[TaskDefinition[Any]]) -> tuple[tuple[str, str], ...]:
    """Say where definitions are: `@task` leaves each under its function's name."""
    return tuple(
        (definition.handler.__module__, definition.handler.__qualname__)
        for definition in registry
    )
