"""Makes the application: the one place that puts the HTTP parts together."""

import gc
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from .. import SERVICE, __version__
from ..bootstrap import Container, open_container
from ..core.context import REQUEST_ID_HEADER, TRACEPARENT_HEADER
from ..core.logging import configure_logging, get_logger
from ..core.settings import Settings, get_settings
from ..startup import start
from .clients import ClientAddressMiddleware
from .config import split
from .docs_page import add_docs_page
from .heads import HeadMiddleware
from .idempotency import REPLAYED_HEADER, Idempotency
from .lifecycle import LIFECYCLE, Lifecycle, draining_on_signal
from .limits.places import open_limits
from .limits.shared import SharedLimits
from .observing import ErrorBoundary, ObservingMiddleware
from .openapi import DescribedApi
from .problems import install_error_handlers
from .protection import (
    BodyLimitMiddleware,
    SecurityHeadersMiddleware,
    TimeoutMiddleware,
    TrustedHostMiddleware,
)
from .rate_limit import RateLimitMiddleware
from .routes import include_routes

_log = get_logger(__name__)
_DAY_SECONDS = 86_400
_LOCALHOST = r"http://(localhost|127\.0\.0\.1):\d+"
_METHODS = ["GET", "POST", "PATCH", "DELETE"]
_HEADERS = [
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    REQUEST_ID_HEADER,
    TRACEPARENT_HEADER,
]
_EXPOSED = [
    "ETag",
    "Location",
    "Retry-After",
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    REPLAYED_HEADER,
    REQUEST_ID_HEADER,
]


def create_app(
    settings: Settings | None = None, *, lifecycle: Lifecycle = LIFECYCLE
) -> FastAPI:
    """Make the application; nothing is opened before it starts.

    Args:
        settings: Replaces those of the environment, in tests.
        lifecycle: Replaces that of the process, in tests.
    """
    settings = settings or get_settings()
    configure_logging(settings)
    docs = settings.api_docs_enabled
    app = DescribedApi(
        title=SERVICE,
        version=__version__,
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        openapi_url="/openapi.json" if docs else None,
        lifespan=_lifespan,
        # Its spans would show paths and errors unmasked, under other ids than the log.
        telemetry={"logs": False, "operation_spans": False, "tracing": False},
        # Where it is off, unknown slashes are 404 instead of redirects.
        redirect_slashes=False,
    )
    app.state.settings = settings
    app.state.lifecycle = lifecycle
    app.user_middleware = _middleware(app, settings)
    install_error_handlers(app)
    include_routes(app)
    if docs:
        add_docs_page(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """Open everything, serve, and close it when the last request is done."""
    settings: Settings = app.state.settings
    lifecycle: Lifecycle = app.state.lifecycle
    async with (
        open_container(settings) as container,
        open_limits(container.settings) as limits,
    ):
        await start(container)
        app.state.container = container
        app.state.limits = limits
        app.state.idempotency = Idempotency(container.database, settings)
        with draining_on_signal(lifecycle):
            # What was loaded so far stays: the collector need not look at it again.
            gc.collect()
            gc.freeze()
            lifecycle.started = True
            _log.info("started", environment=settings.environment, pid=os.getpid())
            try:
                yield
            finally:
                lifecycle.drain()
                lifecycle.started = False
    _log.info("stopped")


def _middleware(app: FastAPI, settings: Settings) -> list[Middleware]:
    """List the layers from the outside in; each sees the answers of all within."""
    layers = [
        Middleware(ObservingMiddleware),
        Middleware(SecurityHeadersMiddleware, https_only=settings.deployed),
        _cors(settings),
        Middleware(ErrorBoundary),
        Middleware(TrustedHostMiddleware, hosts=split(settings.allowed_hosts)),
    ]
    if settings.proxy_networks:
        proxies = Middleware(ClientAddressMiddleware, networks=settings.proxy_networks)
        layers.insert(0, proxies)
    if settings.enable_rate_limit:
        layers.append(_rate_limit(app, settings))
    return [
        *layers,
        Middleware(BodyLimitMiddleware, max_bytes=settings.max_request_bytes),
        Middleware(TimeoutMiddleware, seconds=settings.request_timeout_seconds),
        Middleware(HeadMiddleware),
    ]


class _Callers:
    """Asks the parts that know the callers, as soon as they are open."""

    def __init__(self, app: FastAPI) -> None:
        self._state = app.state

    @property
    def limits(self) -> SharedLimits:
        limits: SharedLimits = self._state.limits
        return limits

    def known(self, kind: str, token: str) -> UUID | None:
        container: Container = self._state.container
        if kind == "key":
            return container.api_keys.known_key(token)
        return container.accounts.known_user(token)

    async def identify(self, kind: str, token: str) -> UUID:
        container: Container = self._state.container
        if kind == "key":
            return (await container.api_keys.authenticate(token)).id
        return (await container.accounts.authenticate(token)).id


def _rate_limit(app: FastAPI, settings: Settings) -> Middleware:
    return Middleware(
        RateLimitMiddleware,
        callers=_Callers(app),
        per_minute=settings.rate_limit_per_minute,
        patience_seconds=settings.rate_limit_timeout_seconds,
    )


def _cors(settings: Settings) -> Middleware:
    """Admit the listed pages; in development any port of this machine."""
    return Middleware(
        CORSMiddleware,
        allow_credentials=settings.cors_allow_credentials,
        allow_headers=_HEADERS,
        allow_methods=_METHODS,
        allow_origin_regex=None if settings.deployed else _LOCALHOST,
        allow_origins=split(settings.cors_origins),
        expose_headers=_EXPOSED,
        max_age=_DAY_SECONDS,
    )
