"""What the outside sees of the tasks."""

from collections.abc import Sequence
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from ..core.metrics import REGISTRY

TASKS_FINISHED: Final = Counter(
    "tasks_finished_total",
    "Tries that ended, by outcome",
    ["task", "outcome"],
    registry=REGISTRY,
)
TASK_DURATION: Final = Histogram(
    "task_duration_seconds",
    "Time of one try",
    ["task"],
    buckets=(0.01, 0.05, 0.1, 0.3, 1, 3, 10, 30, 60, 300, 900, 3600),
    registry=REGISTRY,
)
TASKS_QUEUED: Final = Gauge(
    "tasks_queued",
    "Tasks that wait, for their first or a further try",
    ["task"],
    multiprocess_mode="mostrecent",
    registry=REGISTRY,
)
OLDEST_QUEUED: Final = Gauge(
    "task_oldest_queued_seconds",
    "Age of the task that has been due for the longest time",
    multiprocess_mode="mostrecent",
    registry=REGISTRY,
)


def show_queue(waiting: Sequence[tuple[str, int, float]], names: Sequence[str]) -> None:
    """Set the gauges of the queue.

    Args:
        waiting: Name, number and seconds overdue of what waits.
        names: All tasks there are, so that an empty queue shows as 0.
    """
    found = {name: count for name, count, _ in waiting}
    for name in {*names, *found}:
        # A series that begins with its first try would hide that try.
        for outcome in ("succeeded", "dead"):
            TASKS_FINISHED.labels(task=name, outcome=outcome)
        TASKS_QUEUED.labels(task=name).set(found.get(name, 0))
    OLDEST_QUEUED.set(max((overdue for *_, overdue in waiting), default=0))
