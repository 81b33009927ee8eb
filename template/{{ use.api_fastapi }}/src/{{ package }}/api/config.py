"""Settings of the HTTP interface."""

import ipaddress
import os
from typing import Annotated, Final

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from ..core.config import DeploymentSettings
from ..db.limits import within

type Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_MOST_WORKERS: Final = 8


def _workers() -> int:
    """One for each processor, at most eight."""
    return min(_MOST_WORKERS, os.cpu_count() or 1)


def split(text: str) -> tuple[str, ...]:
    """Return the parts of a comma-separated list."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


class ServerSettings(DeploymentSettings):
    """Address, workers and time limits of the server process."""

    host: Annotated[
        str, Field(min_length=1, description="Address to listen on; 0.0.0.0 for all")
    ] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="Port to listen on")] = 8000
    workers: Annotated[
        int, Field(ge=1, le=64, description="Processes that serve requests")
    ] = Field(default_factory=_workers)
    backlog: Annotated[
        int, Field(ge=128, description="Connections that may wait to be accepted")
    ] = 1024
    drain_seconds: Annotated[
        float,
        Field(
            ge=0,
            description="After SIGTERM, how long requests are still taken while "
            "readiness fails, seconds",
        ),
    ] = 0


class ApiSettings(ServerSettings):
    """Who may call, how much and how long."""

    allowed_hosts: Annotated[
        str,
        Field(
            validate_default=True,
            description="Host names that the service answers to, comma-separated; "
            "*.example.com for subdomains",
        ),
    ] = ""
    trusted_proxies: Annotated[
        str,
        Field(description="Networks whose X-Forwarded-For counts, comma-separated"),
    ] = ""
    cors_origins: Annotated[
        str,
        Field(description="Origins of web pages that may call"),
    ] = ""
    cors_allow_credentials: Annotated[
        bool, Field(description="Whether these pages may send cookies")
    ] = False
    enable_api_docs: Annotated[
        bool | None,
        Field(description="Serve /docs; by default in development only"),
    ] = None
    metrics_token: Annotated[
        SecretStr | None,
        Field(
            description="Bearer token for /metrics; where deployed, /metrics is closed "
            "without it"
        ),
    ] = None

    request_timeout_seconds: Annotated[
        float, Field(gt=0, le=300, description="Longest request, seconds")
    ] = 60
    health_timeout_seconds: Annotated[
        float, Field(gt=0, description="Longest readiness check, seconds")
    ] = 2
    max_request_bytes: Annotated[
        int, Field(ge=1024, description="Largest request body, bytes")
    ] = 4 * 1024 * 1024

    enable_rate_limit: Annotated[
        bool, Field(description="Limit requests; sign-in is limited always")
    ] = True
    rate_limit_per_minute: Annotated[
        int,
        Field(
            ge=1,
            le=1_000_000_000,
            description="Requests of one caller in a minute, at all workers",
        ),
    ] = 100
    rate_limit_timeout_seconds: Annotated[
        float,
        Field(
            gt=0,
            description="Longest wait for a count; then it is counted elsewhere, "
            "seconds",
        ),
    ] = 0.5

    idempotency_hours: Annotated[
        int, Field(ge=1, description="How long an answer is given again, hours")
    ] = 24
    idempotency_refuse_days: Annotated[
        int, Field(ge=1, description="How long an expired key is refused, days")
    ] = 30

    @field_validator("allowed_hosts")
    @classmethod
    def _named_where_deployed(cls, value: str, info: ValidationInfo) -> str:
        """Insist on names where a forged Host header could do harm."""
        deployed = info.data.get("environment") in {"staging", "production"}
        if deployed and ("*" in split(value) or not value.strip()):
            message = "name the hosts that the service answers to"
            raise ValueError(message)
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        """Refuse what is no network."""
        for part in split(value):
            ipaddress.ip_network(part)
        return value

    @field_validator("cors_allow_credentials")
    @classmethod
    def _no_wildcard(cls, value: bool, info: ValidationInfo) -> bool:
        """Refuse the wildcard where it would open the door."""
        deployed = info.data.get("environment") in {"staging", "production"}
        if "*" in split(info.data.get("cors_origins", "")) and (value or deployed):
            message = "CORS_ORIGINS=* with credentials or where deployed is refused"
            raise ValueError(message)
        return value

    @field_validator("request_timeout_seconds")
    @classmethod
    def _longer_than_what_it_waits_for(
        cls, value: float, info: ValidationInfo
    ) -> float:
        """Refuse a request that ends before the database's own limits can end it."""
        return within(
            value,
            info,
            "database_connect_timeout_seconds",
            "database_pool_timeout_seconds",
            "database_statement_timeout_seconds",
        )

    @field_validator("health_timeout_seconds", "rate_limit_timeout_seconds")
    @classmethod
    def _within_a_request(cls, value: float, info: ValidationInfo) -> float:
        """Refuse a wait that no request lives to see."""
        request = info.data.get("request_timeout_seconds")
        if isinstance(request, int | float) and value > request:
            message = f"more than REQUEST_TIMEOUT_SECONDS, {request:g}"
            raise ValueError(message)
        return value

    @property
    def proxy_networks(self) -> tuple[Network, ...]:
        """The trusted proxies, parsed."""
        return tuple(ipaddress.ip_network(part) for part in split(self.trusted_proxies))

    @property
    def api_docs_enabled(self) -> bool:
        """Whether /docs is served: in development unless said otherwise."""
        if self.enable_api_docs is None:
            return not self.deployed
        return self.enable_api_docs
