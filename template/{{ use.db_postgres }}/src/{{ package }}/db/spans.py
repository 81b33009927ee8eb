"""Spans of statements, inside the request or task that sends them."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine

from ..core import spans

_SPAN: Final = "open_span"
_OPERATIONS: Final = frozenset({"select", "insert", "update", "delete"})


@contextmanager
def statements_recorded(engine: AsyncEngine) -> Generator[None]:
    """Record the statements of an engine, if anybody takes spans."""
    if not spans.recording():
        yield
        return
    listeners = (
        ("before_cursor_execute", _before),
        ("after_cursor_execute", _after),
        ("handle_error", _failed),
    )
    for name, listener in listeners:
        event.listen(engine.sync_engine, name, listener)
    try:
        yield
    finally:
        for name, listener in listeners:
            event.remove(engine.sync_engine, name, listener)


def operation(statement: str) -> str:
    """Return the first word of a statement if it is a common one, else `other`."""
    words = statement.split(maxsplit=1)
    first = words[0].lower() if words else ""
    return first if first in _OPERATIONS else "other"


def _before(
    connection: Connection, _cursor: object, statement: str, *_: object
) -> None:
    connection.info[_SPAN] = spans.begin(operation(statement)), operation(statement)


def _after(connection: Connection, *_: object) -> None:
    _end(connection, failed=False)


def _failed(context: ExceptionContext) -> None:
    if context.connection is not None:
        _end(context.connection, failed=True)


def _end(connection: Connection, *, failed: bool) -> None:
    """End the span; the statement's text stays here, for it can hold data."""
    span, name = connection.info.pop(_SPAN, (None, ""))
    if span is not None:
        attributes = {"db.system.name": "postgresql", "db.operation.name": name}
        span.describe(name, attributes, failed=failed)
        span.end()
