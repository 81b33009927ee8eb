"""Error reports and traces, switched on by the environment alone.

Without `SENTRY_DSN` and `OTEL_EXPORTER_OTLP_ENDPOINT` nothing is imported and nothing
runs. What is sent is masked as log lines are.
"""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final, cast

from .config import CoreSettings
from .context import current
from .masking import mask
from .spans import recorded

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

_FLUSH_SECONDS: Final = 2.0


@contextmanager
def telemetry(settings: CoreSettings, *, service: str, version: str) -> Generator[None]:
    """Report errors and traces while the service runs, and flush at the end.

    Args:
        settings: Says whether, and where to.
        service: Name under which the reports appear.
        version: Release that they are grouped by.
    """
    with ExitStack() as stack:
        if settings.sentry_dsn is not None:
            stack.enter_context(_sentry(settings, f"{service}@{version}"))
        if settings.otel_exporter_otlp_endpoint is not None:
            stack.enter_context(_tracing(settings, service, version))
        yield


@contextmanager
def _sentry(settings: CoreSettings, release: str) -> Generator[None]:
    import sentry_sdk  # noqa: PLC0415 - only where it is switched on

    dsn = settings.sentry_dsn
    sentry_sdk.init(
        dsn=dsn.get_secret_value() if dsn else None,
        before_send=before_send,
        before_send_transaction=before_send,
        environment=settings.environment,
        include_local_variables=False,
        max_request_body_size="never",
        release=release,
        traces_sample_rate=settings.sentry_traces_sample_rate,
    )
    try:
        yield
    finally:
        sentry_sdk.get_client().close(timeout=_FLUSH_SECONDS)


@contextmanager
def _tracing(settings: CoreSettings, service: str, version: str) -> Generator[None]:
    from opentelemetry import trace  # noqa: PLC0415 - only where it is switched on
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - the same
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - the same
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - the same
    from opentelemetry.sdk.trace.export import (  # noqa: PLC0415 - the same
        BatchSpanProcessor,
    )

    from .tracing import OpenTelemetryRecorder, TraceIds  # noqa: PLC0415 - the same

    address = (settings.otel_exporter_otlp_endpoint or "").rstrip("/")
    exporter = OTLPSpanExporter(endpoint=f"{address}/v1/traces")
    provider = TracerProvider(
        id_generator=TraceIds(),
        resource=Resource.create(
            {
                "service.name": service,
                "service.version": version,
                "deployment.environment.name": settings.environment,
            }
        ),
    )
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    try:
        with recorded(OpenTelemetryRecorder(provider)):
            yield
    finally:
        provider.shutdown()


def before_send(event: "Event", hint: "Hint") -> "Event | None":
    """Mask a report; add the ids of the request and its user."""
    del hint
    masked = cast("Event", mask(event))
    context = current()
    if context.request_id is not None:
        masked["tags"] = {"request_id": context.request_id}
    if context.actor is not None:
        masked["user"] = {"id": context.actor}
    return masked
