"""The order in which a process starts, and what happens when it cannot."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from ..core.errors import AppError
from ..core.logging import get_logger

EXIT_DONE: Final = 0
EXIT_FAILED: Final = 1
EXIT_INTERRUPTED: Final = 130

_logger = get_logger(__name__)


class StartupPhase(IntEnum):
    """The order of the steps; logging comes before them all."""

    DISK = 1
    MIGRATIONS = 2
    INTEGRITY = 3
    NETWORK = 4
    RECOVERY = 5
    BACKUP = 6


class StartupError(AppError):
    """A step failed, so that the process must not begin its work."""

    code = "startup_failed"
    title = "The service could not start"


@dataclass(frozen=True, slots=True)
class StartupStep[Container]:
    """One thing that has to be in order before work begins.

    Attributes:
        phase: When it runs.
        name: What the log calls it.
        run: Does it; whatever it raises stops the start.
    """

    phase: StartupPhase
    name: str
    run: Callable[[Container], Awaitable[object]]


async def run_startup[Container](
    steps: Iterable[StartupStep[Container]], container: Container
) -> None:
    """Run the steps in the order of their phases.

    Raises:
        StartupError: If a step fails; the later ones have not run.
    """
    for step in sorted(steps, key=lambda step: step.phase):
        try:
            await step.run(container)
        except Exception as error:
            _logger.exception("startup_failed", step=step.name)
            reason = error.detail if isinstance(error, AppError) else str(error)
            hint = error.hint if isinstance(error, AppError) else None
            message = f"The step '{step.name}' failed: {reason}"
            raise StartupError(message, hint=hint) from error
        _logger.info("startup_step", step=step.name)


def run_to_exit_code(main: Callable[[], Coroutine[Any, Any, object]]) -> int:
    """Run a worker's main coroutine and turn its end into an exit code.

    Returns:
        0 when it is done, 1 after a failure (which is logged), 130 after an interrupt.
    """
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        _logger.info("interrupted")
        return EXIT_INTERRUPTED
    except Exception:
        _logger.exception("run_failed")
        return EXIT_FAILED
    return EXIT_DONE
