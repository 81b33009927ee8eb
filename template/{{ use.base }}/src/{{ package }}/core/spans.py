"""Spans of what the service does, once a collector is named.

Without one a span costs the call of a function, and nothing of OpenTelemetry is loaded.
"""

from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Final, Literal, Protocol

from .context import Trace

type Kind = Literal["server", "consumer"]
type Attributes = Mapping[str, str | int]


class Span(Protocol):
    """A piece of work that is being recorded."""

    def describe(self, name: str, attributes: Attributes, *, failed: bool) -> None:
        """Say what it was; never with data in it, for nobody masks it."""
        ...

    def end(self) -> None:
        """Say that it is over."""
        ...


class Recorder(Protocol):
    """Who takes the spans."""

    def open(self, kind: Kind, trace: Trace) -> AbstractContextManager[Span]:
        """Record a request or a task under the ids of its trace."""
        ...

    def begin(self, name: str) -> Span | None:
        """Record a part of what runs now; nothing when nothing is recorded."""
        ...


class _Nobody:
    """Takes nothing down."""

    def describe(self, name: str, attributes: Attributes, *, failed: bool) -> None:
        """Ignore it."""

    def end(self) -> None:
        """Ignore it."""


_NOTHING: Final[AbstractContextManager[Span]] = nullcontext(_Nobody())
_recorders: Final[list[Recorder]] = []


def span(kind: Kind, trace: Trace) -> AbstractContextManager[Span]:
    """Record the enclosed work as the span that log lines and calls name."""
    return _recorders[-1].open(kind, trace) if _recorders else _NOTHING


def begin(name: str) -> Span | None:
    """Begin a part of the present span, such as a statement; the caller ends it."""
    return _recorders[-1].begin(name) if _recorders else None


def recording() -> bool:
    """Say whether anybody takes spans."""
    return bool(_recorders)


@contextmanager
def recorded(recorder: Recorder) -> Generator[None]:
    """Give the spans of the enclosed code to a recorder."""
    _recorders.append(recorder)
    try:
        yield
    finally:
        _recorders.remove(recorder)
