"""What belongs to the present request: its id, its trace, and who asks."""

import re
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, Self

from .ids import new_id

REQUEST_ID_HEADER: Final = "X-Request-ID"
TRACEPARENT_HEADER: Final = "traceparent"
_TRACEPARENT: Final = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})"
)
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,128}")


@dataclass(frozen=True, slots=True)
class Trace:
    """A position in a W3C trace.

    Attributes:
        trace_id: 32 hexadecimal digits, the same in every service of the request.
        span_id: 16 hexadecimal digits, this service's part of it.
        flags: Two hexadecimal digits; 01 means that the caller records the trace.
        parent_id: The caller's part of it; nothing where the trace begins.
    """

    trace_id: str
    span_id: str
    flags: str = "01"
    parent_id: str | None = None

    @classmethod
    def start(cls) -> Self:
        """Begin a new trace."""
        return cls(secrets.token_hex(16), secrets.token_hex(8))

    @classmethod
    def join(cls, traceparent: str | None) -> Self:
        """Continue the caller's trace, or begin one when the header is unusable."""
        match = _TRACEPARENT.fullmatch((traceparent or "").strip().lower())
        if match is None:
            return cls.start()
        return cls(match[1], secrets.token_hex(8), match[3], match[2])

    @property
    def traceparent(self) -> str:
        """The header for calls to other services."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that log lines and outgoing calls say about the present request.

    Attributes:
        request_id: Correlates the log lines of one request or one task.
        trace: Position in the trace, or nothing outside a request.
        actor: Who asks, for the audit columns; nothing means the system itself.
    """

    request_id: str | None = None
    trace: Trace | None = None
    actor: str | None = None


_NOTHING: Final = Context()
_context: ContextVar[Context] = ContextVar("context", default=_NOTHING)


def current() -> Context:
    """Return the present request's context; empty outside one."""
    return _context.get()


def request_id_from(header: str | None) -> str:
    """Take the caller's id if it is a plain token, else make one.

    A header is foreign input that ends in log lines, hence the narrow alphabet.
    """
    return header if header and _REQUEST_ID.fullmatch(header) else str(new_id())


@contextmanager
def bound(
    *,
    request_id: str | None = None,
    trace: Trace | None = None,
    actor: str | None = None,
) -> Generator[Context]:
    """Set parts of the context for the enclosed code; the rest stays."""
    before = _context.get()
    context = Context(
        request_id=request_id or before.request_id,
        trace=trace or before.trace,
        actor=actor or before.actor,
    )
    token = _context.set(context)
    try:
        yield context
    finally:
        _context.reset(token)


def set_actor(actor: str) -> None:
    """Name who asks from here to the end of the request."""
    context = _context.get()
    _context.set(Context(context.request_id, context.trace, actor))
