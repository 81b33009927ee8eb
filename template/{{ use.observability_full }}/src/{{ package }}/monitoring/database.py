"""Metrics of the database as the service sees it (S0 §15.1, S1 §11.3)."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from prometheus_client import Counter, Gauge, Histogram
from sqlalchemy import Connection, event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.pool import QueuePool

from ..core.metrics import REGISTRY
from ..db.database import Database

_STARTED: Final = "monitoring_started"
_OPERATIONS: Final = frozenset({"select", "insert", "update", "delete"})

QUERY_SECONDS: Final = Histogram(
    "database_query_duration_seconds",
    "Time that the database takes for one statement, by its first word",
    ["operation"],
    buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=REGISTRY,
)
DATABASE_ERRORS: Final = Counter(
    "database_errors_total",
    "Statements and connections that failed, by the class of the error",
    ["error"],
    registry=REGISTRY,
)
DATABASE_SIZE: Final = Gauge(
    "database_size_bytes",
    "Size of the database on disk",
    multiprocess_mode="mostrecent",
    registry=REGISTRY,
)
POOL_CONNECTIONS: Final = Gauge(
    "database_pool_connections",
    "Connections of the pool, by whether they are in use",
    ["state"],
    multiprocess_mode="livesum",
    registry=REGISTRY,
)


async def measure_database(database: Database) -> None:
    """Measure the size of the database and the use of the pool (S0 §15.1).

    Raises:
        UnavailableError: The server does not answer.
    """
    async with database.unit_of_work() as uow:
        query = text("SELECT pg_database_size(current_database())")
        DATABASE_SIZE.set(int(await uow.session.scalar(query) or 0))
    pool = database.engine.pool
    if isinstance(pool, QueuePool):
        POOL_CONNECTIONS.labels("in_use").set(pool.checkedout())
        POOL_CONNECTIONS.labels("idle").set(pool.checkedin())


@contextmanager
def queries_timed(database: Database) -> Generator[None]:
    """Time every statement and count every failure of this pool (S1 §11.3)."""
    listeners = (
        ("before_cursor_execute", _before),
        ("after_cursor_execute", _after),
        ("handle_error", _failed),
    )
    engine = database.engine.sync_engine
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)


def _before(connection: Connection, *_: object) -> None:
    connection.info[_STARTED] = time.perf_counter()


def _after(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
    started = connection.info.pop(_STARTED, None)
    if started is not None:
        elapsed = time.perf_counter() - started
        QUERY_SECONDS.labels(operation(statement)).observe(elapsed)


def _failed(context: ExceptionContext) -> None:
    error = context.sqlalchemy_exception or context.original_exception
    DATABASE_ERRORS.labels(type(error).__name__).inc()


def operation(statement: str) -> str:
    """Return the first word of a statement if it is a common one, else `other`."""
    words = statement.split(maxsplit=1)
    first = words[0].lower() if words else ""
    return first if first in _OPERATIONS else "other"
