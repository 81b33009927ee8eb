"""Records spans with OpenTelemetry, under the ids that the log shows.

Loaded only where a collector is named: see `telemetry.py`.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from opentelemetry import context as contexts
from opentelemetry import trace as api
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import Span, SpanContext, SpanKind, Status, StatusCode

from .context import Trace
from .spans import Attributes, Kind

_KINDS: Final = {"server": SpanKind.SERVER, "consumer": SpanKind.CONSUMER}
_trace: ContextVar[Trace | None] = ContextVar("trace_of_next_span", default=None)


class TraceIds(RandomIdGenerator):
    """Gives a span the ids that its request or task has already."""

    def generate_trace_id(self) -> int:
        """Return the trace's id."""
        trace = _trace.get()
        return int(trace.trace_id, 16) if trace else super().generate_trace_id()

    def generate_span_id(self) -> int:
        """Return the id that log lines and outgoing calls name."""
        trace = _trace.get()
        return int(trace.span_id, 16) if trace else super().generate_span_id()


class OpenSpan:
    """A span that is not over."""

    def __init__(self, span: Span) -> None:
        """Take a span that has begun."""
        self._span = span

    def describe(self, name: str, attributes: Attributes, *, failed: bool) -> None:
        """Name it; a failure is a status without words, which could hold data."""
        self._span.update_name(name)
        self._span.set_attributes(dict(attributes))
        if failed:
            self._span.set_status(Status(StatusCode.ERROR))

    def end(self) -> None:
        """Hand it over."""
        self._span.end()


class OpenTelemetryRecorder:
    """Makes OpenTelemetry's spans."""

    def __init__(self, provider: TracerProvider) -> None:
        """Take the provider; its ids come from `TraceIds`."""
        self._tracer = provider.get_tracer(__name__)

    @contextmanager
    def open(self, kind: Kind, trace: Trace) -> Generator[OpenSpan]:
        """Record a request or a task as a child of whoever caused it."""
        token = _trace.set(trace)
        try:
            span = self._tracer.start_span(kind, _cause(trace), _KINDS[kind])
        finally:
            _trace.reset(token)
        with api.use_span(
            span,
            end_on_exit=True,
            record_exception=False,  # its message could hold data
            set_status_on_exception=False,
        ):
            yield OpenSpan(span)

    def begin(self, name: str) -> OpenSpan | None:
        """Record a part of the present span; nothing when there is none."""
        if not api.get_current_span().is_recording():
            return None
        return OpenSpan(self._tracer.start_span(name, kind=SpanKind.CLIENT))


def _cause(trace: Trace) -> contexts.Context:
    """Name the caller's span as parent; without one a trace begins here."""
    if trace.parent_id is None:
        return contexts.Context()
    cause = SpanContext(
        trace_id=int(trace.trace_id, 16),
        span_id=int(trace.parent_id, 16),
        is_remote=True,
        trace_flags=api.TraceFlags(int(trace.flags, 16)),
    )
    return api.set_span_in_context(api.NonRecordingSpan(cause), contexts.Context())
