"""Which tasks there are: name, payload, time limit, retries."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from .errors import UnknownTaskError

if TYPE_CHECKING:
    from ..bootstrap import Container
    from ..db.unit_of_work import UnitOfWork
    from .context import TaskContext

type GivenUp[Payload: BaseModel] = Callable[
    ["Container", "UnitOfWork", Payload], Awaitable[None]
]
type Handler[Payload: BaseModel] = Callable[
    ["TaskContext", Payload], Awaitable[BaseModel | None]
]


@dataclass(frozen=True, slots=True)
class TaskDefinition[Payload: BaseModel]:
    """A kind of task.

    Attributes:
        name: How it is stored; stable, since waiting tasks carry it.
        payload: The schema of its input.
        handler: What does it; must be safe to run twice.
        timeout_seconds: Time limit of one try; the setting's when None.
        retries: Further tries; the setting's when None.
        needs_network: Whether a try waits until the network is there.
        priority: Greater runs earlier, unless the caller says otherwise.
        given_up: What follows when there is no further try, in the transaction that
            makes the task a dead letter.
    """

    name: str
    payload: type[Payload]
    handler: Handler[Payload]
    timeout_seconds: float | None = None
    retries: int | None = None
    needs_network: bool = False
    priority: int = 0
    given_up: GivenUp[Payload] | None = None


def task[Payload: BaseModel](  # noqa: PLR0913 - one keyword for each limit
    name: str,
    payload: type[Payload],
    *,
    timeout: float | None = None,
    retries: int | None = None,
    needs_network: bool = False,
    priority: int = 0,
    given_up: GivenUp[Payload] | None = None,
) -> Callable[[Handler[Payload]], TaskDefinition[Payload]]:
    """Turn a coroutine function into a kind of task.

    Args:
        name: Such as `documents.process`.
        payload: The schema of its second argument.
        timeout: Time limit of one try, in seconds; `TASK_TIMEOUT_SECONDS` by default.
        retries: Further tries; `MAX_RETRIES` by default.
        needs_network: Whether a try waits until the network is there.
        priority: Greater runs earlier.
        given_up: What follows when there is no further try.

    Returns:
        A decorator. What it makes still has to be named in `tasks/catalogue.py`.
    """

    def define(handler: Handler[Payload]) -> TaskDefinition[Payload]:
        return TaskDefinition(
            name, payload, handler, timeout, retries, needs_network, priority, given_up
        )

    return define


class TaskRegistry:
    """All kinds of tasks of this service, by name."""

    def __init__(self, definitions: Iterable[TaskDefinition[Any]]) -> None:
        """Collect the definitions.

        Raises:
            ValueError: If two have the same name.
        """
        self._definitions: dict[str, TaskDefinition[Any]] = {}
        for definition in definitions:
            if definition.name in self._definitions:
                message = f"two tasks are named {definition.name}"
                raise ValueError(message)
            self._definitions[definition.name] = definition

    def __iter__(self) -> Iterator[TaskDefinition[Any]]:
        """Go through the definitions in the order they were given."""
        return iter(self._definitions.values())

    def __getitem__(self, name: str) -> TaskDefinition[Any]:
        """Return a definition.

        Raises:
            UnknownTaskError: If nothing has this name.
        """
        if name not in self._definitions:
            message = f"No task is named '{name}'."
            raise UnknownTaskError(message, hint="tasks/catalogue.py names them all.")
        return self._definitions[name]
