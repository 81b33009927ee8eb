"""Settings of Valkey or any other server of Redis's protocol."""

from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from ..core.config import DeploymentSettings

_ENCRYPTED: Final = "rediss"
_SCHEMES: Final = frozenset({"redis", _ENCRYPTED})


class RedisSettings(DeploymentSettings):
    """Where the server is, and how long it may take."""

    redis_private_network: Annotated[
        bool,
        Field(
            description="Its host is on a network that no other machine reaches, such "
            "as a compose service, and needs no TLS"
        ),
    ] = False
    redis_url: Annotated[
        SecretStr | None,
        Field(
            description="rediss://user:password@host:6379/0; outside development and "
            "tests there is no default"
        ),
    ] = None
    redis_connect_timeout_seconds: Annotated[
        float, Field(gt=0, description="Longest wait for a connection, seconds")
    ] = 5
    redis_timeout_seconds: Annotated[
        float, Field(gt=0, description="Longest wait for an answer, seconds")
    ] = 5

    @field_validator("redis_url")
    @classmethod
    def _usable_redis(
        cls, value: SecretStr | None, info: ValidationInfo
    ) -> SecretStr | None:
        """Refuse what cannot work, and what is not safe where it is deployed."""
        deployed = info.data.get("environment") in {"staging", "production"}
        if value is None:
            if deployed:
                message = "missing; staging and production have no default server"
                raise ValueError(message)
            return None
        private = info.data.get("redis_private_network") is True
        if _scheme(value) != _ENCRYPTED and deployed and not private:
            message = (
                "not encrypted; use rediss://, or set REDIS_PRIVATE_NETWORK=true for a "
                "host on a private network"
            )
            raise ValueError(message)
        return value

    @property
    def redis_address(self) -> str:
        """The URL, with its password: never to be logged.

        Raises:
            ValueError: No server was given and none was started.
        """
        if self.redis_url is None:
            message = "REDIS_URL is not set and no embedded server was started"
            raise ValueError(message)
        return self.redis_url.get_secret_value()


def _scheme(value: SecretStr) -> str:
    """Read a URL; the message of a failure never repeats it, for it has a password."""
    message = "not a URL such as rediss://user:password@host:6379/0"
    try:
        url = urlsplit(value.get_secret_value())
        known = url.scheme in _SCHEMES and bool(url.hostname) and (url.port or 1) > 0
    except ValueError:
        raise ValueError(message) from None
    if not known:
        raise ValueError(message)
    return url.scheme
