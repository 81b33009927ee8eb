"""What a process does about tasks before it begins to work."""

from typing import TYPE_CHECKING

from .catalogue import TASKS
from .dead_letters import DeadLetters
from .recovery import TaskKeeper

if TYPE_CHECKING:
    from ..bootstrap import Container


async def recover_tasks(container: "Container") -> None:
    """Resolve what lost workers have left, as a step of the start."""
    settings = container.settings
    keeper = TaskKeeper(container.database, settings, settings)
    await keeper.recover(DeadLetters(container, TASKS).give_up)
