"""`beat`: the process that queues what the schedule says."""

from ..bootstrap import Container
from ..command import run_with_container
from ..core.logging import get_logger
from .beat import run_schedule
from .command import metrics_server, start_when_possible, told_to_stop
from .schedule import SCHEDULE

_logger = get_logger(__name__)


def beat() -> None:
    """Queue scheduled work until SIGTERM; one is enough, and two do no harm."""
    run_with_container(_beat)


async def _beat(container: Container) -> None:
    stop = told_to_stop()
    if not await start_when_possible(container, stop):
        return
    with metrics_server(container.settings):
        _logger.info("beat_started")
        await run_schedule(container, SCHEDULE, stop)
    _logger.info("beat_stopped")
