"""Settings of the database and its connection pool."""

import os
from typing import Annotated, Final, Literal, Self

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from ..core.config import DeploymentSettings

type SslMode = Literal["disable", "prefer", "require", "verify-ca", "verify-full"]

_ENCRYPTED: Final = frozenset({"require", "verify-ca", "verify-full"})
_DRIVER: Final = "postgresql+asyncpg"
_SCHEMES: Final = frozenset({"postgres", "postgresql", _DRIVER})
_MOST_CONNECTIONS: Final = 32


def _pool_size() -> int:
    """Twice the processors, at most 32."""
    return min(_MOST_CONNECTIONS, 2 * (os.cpu_count() or 1))


class DatabaseSettings(DeploymentSettings):
    """Where the database is, how long it may take, how many connections."""

    database_private_hosts: Annotated[
        str,
        Field(
            description="Hosts on the same machine's private network, comma-separated, "
            "that need no TLS, such as a compose service"
        ),
    ] = ""
    database_ssl: Annotated[
        SslMode, Field(description="TLS to the database; the URL's sslmode outranks it")
    ] = "prefer"
    database_url: Annotated[
        SecretStr | None,
        Field(
            description="postgresql://user:password@host/name; outside development "
            "and tests there is no default"
        ),
    ] = None
    database_migration_url: Annotated[
        SecretStr | None,
        Field(
            description="The same database for migrations, by a role that may change "
            "the schema and past any pooler; DATABASE_URL unless given"
        ),
    ] = None
    database_pool_size: Annotated[
        int, Field(ge=1, description="Connections kept open")
    ] = Field(default_factory=_pool_size)
    # Under steady load an overflow connection is opened for one query and closed again,
    # which costs more than waiting for a free one.
    database_max_overflow: Annotated[
        int, Field(ge=0, description="Connections beyond these, briefly")
    ] = 0
    database_pool_timeout_seconds: Annotated[
        float, Field(gt=0, description="Longest wait for a free connection, seconds")
    ] = 5
    database_pool_recycle_seconds: Annotated[
        int, Field(gt=0, description="Age at which a connection is replaced, seconds")
    ] = 1800
    database_connect_timeout_seconds: Annotated[
        float, Field(gt=0, description="Longest wait for the server, seconds")
    ] = 5
    database_statement_timeout_seconds: Annotated[
        float, Field(gt=0, description="Longest statement, seconds")
    ] = 30
    database_report_timeout_seconds: Annotated[
        float, Field(gt=0, description="Longest report, seconds")
    ] = 120
    database_lock_timeout_seconds: Annotated[
        float, Field(gt=0, description="Longest wait for another's lock, seconds")
    ] = 5
    database_idle_transaction_timeout_seconds: Annotated[
        float, Field(gt=0, description="Longest pause inside a transaction, seconds")
    ] = 60

    @field_validator("database_url", "database_migration_url")
    @classmethod
    def _usable_url(
        cls, value: SecretStr | None, info: ValidationInfo
    ) -> SecretStr | None:
        """Refuse what cannot work, and what is not safe where it is deployed."""
        deployed = info.data.get("environment") in {"staging", "production"}
        if value is None:
            if deployed and info.field_name == "database_url":
                message = "missing; staging and production have no default database"
                raise ValueError(message)
            return None
        url = _parse(value)
        private = str(info.data.get("database_private_hosts", ""))
        mode = _ssl_mode(url, str(info.data.get("database_ssl", "prefer")))
        if deployed and mode not in _ENCRYPTED and url.host not in _names(private):
            message = (
                "not encrypted; set DATABASE_SSL=require, or name a host of a private "
                "network in DATABASE_PRIVATE_HOSTS"
            )
            raise ValueError(message)
        return value

    @property
    def database_address(self) -> URL:
        """The URL for SQLAlchemy, with the driver and without TLS parameters.

        Raises:
            ValueError: No database was given and none was started.
        """
        if self.database_url is None:
            message = "DATABASE_URL is not set and no embedded server was started"
            raise ValueError(message)
        url = _parse(self.database_url).difference_update_query(["sslmode", "ssl"])
        return url.set(drivername=_DRIVER)

    @property
    def for_migrations(self) -> Self:
        """The same settings with the address that migrations use."""
        url = self.database_migration_url or self.database_url
        return self.model_copy(update={"database_url": url})

    @property
    def database_ssl_mode(self) -> str:
        """The TLS mode that holds: off on a private network or a local socket."""
        url = _parse(self.database_url) if self.database_url else URL.create(_DRIVER)
        if not url.host or url.host in _names(self.database_private_hosts):
            return "disable"
        return _ssl_mode(url, self.database_ssl)


def _parse(value: SecretStr) -> URL:
    """Read a URL; the message of a failure never repeats it, for it has a password."""
    message = "not a PostgreSQL URL such as postgresql://user:password@host:5432/name"
    try:
        url = make_url(value.get_secret_value())
    except (ArgumentError, ValueError):
        raise ValueError(message) from None
    if url.drivername not in _SCHEMES or not url.database:
        raise ValueError(message)
    return url


def _ssl_mode(url: URL, default: str) -> str:
    mode = url.query.get("sslmode") or url.query.get("ssl") or default
    return mode if isinstance(mode, str) else mode[-1]


def _names(text: str) -> frozenset[str]:
    return frozenset(name.strip() for name in text.split(",") if name.strip())
