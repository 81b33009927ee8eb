"""Metrics of the statements that the service sends."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from prometheus_client import Counter, Histogram
from sqlalchemy import Connection, event
from sqlalchemy.engine import ExceptionContext

from ..core.metrics import REGISTRY
from ..db.database import Database
from ..db.spans import operation

_STARTED: Final = "monitoring_started"

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


@contextmanager
def queries_timed(database: Database) -> Generator[None]:
    """Time every statement and count every failure of this pool."""
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
