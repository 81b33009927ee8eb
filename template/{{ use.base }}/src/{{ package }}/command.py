"""How a command runs: settings, logging, one container, then its own work."""

import asyncio
import sys
from collections.abc import Awaitable, Callable

from .bootstrap import Container, open_container
from .core.console import err
from .core.context import bound
from .core.ids import new_id
from .core.logging import configure_logging
from .core.settings import Settings, get_settings


def prepare() -> Settings:
    """Read the settings and start logging to standard error.

    Raises:
        SettingsError: Something is missing or wrong in the environment.
    """
    settings = get_settings()
    configure_logging(settings, stream=sys.stderr)
    return settings


def run_with_container[Result](
    work: Callable[[Container], Awaitable[Result]], settings: Settings | None = None
) -> Result:
    """Run one command's work inside an open container; a dry run is named as such.

    Args:
        work: The work; its log lines share one request id.
        settings: Replaces those of the environment, such as a database just started.

    Returns:
        What the work returned.
    """

    async def _run() -> Result:
        async with open_container(settings or prepare()) as container:
            with bound(request_id=str(new_id())):
                result = await work(container)
            if container.settings.dry_run_mode:
                err.print("Dry run: nothing of this was written.")
            return result

    return asyncio.run(_run())
