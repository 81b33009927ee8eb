"""Settings of the message broker."""

from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from ..core.config import DeploymentSettings

_ENCRYPTED: Final = "amqps"
_SCHEMES: Final = frozenset({"amqp", _ENCRYPTED})


class BrokerSettings(DeploymentSettings):
    """Where RabbitMQ is, how long it may take, what the queue is called."""

    broker_private_network: Annotated[
        bool,
        Field(
            description="The broker is on the same machine's private network, such as "
            "a compose service, and needs no TLS"
        ),
    ] = False
    broker_url: Annotated[
        SecretStr | None,
        Field(
            description="amqps://user:password@host:5671/vhost; may be unset in "
            "development and tests alone"
        ),
    ] = None
    broker_queue: Annotated[
        str,
        Field(
            pattern=r"^[a-z][a-z0-9_.-]{0,60}$",
            description="Name of the queue; its dead letters are in <name>.dead",
        ),
    ] = "tasks"
    broker_timeout_seconds: Annotated[
        float,
        Field(gt=0, description="Longest wait for the broker's answer, seconds"),
    ] = 5
    broker_heartbeat_seconds: Annotated[
        int, Field(ge=1, description="Between two signs of life, seconds")
    ] = 30

    @field_validator("broker_url")
    @classmethod
    def _usable_url(
        cls, value: SecretStr | None, info: ValidationInfo
    ) -> SecretStr | None:
        """Refuse what cannot work, and what is not safe where it is deployed."""
        deployed = info.data.get("environment") in {"staging", "production"}
        if value is None:
            if deployed:
                message = "missing; staging and production have no default broker"
                raise ValueError(message)
            return None
        scheme = _scheme_of(value)
        private = bool(info.data.get("broker_private_network"))
        if deployed and scheme != _ENCRYPTED and not private:
            message = (
                "not encrypted; give an amqps:// URL, or set "
                "BROKER_PRIVATE_NETWORK=true for a network no other host reaches"
            )
            raise ValueError(message)
        return value

    @property
    def broker_address(self) -> str:
        """The URL for kombu, with its password: never log it.

        Raises:
            ValueError: No broker was given.
        """
        if self.broker_url is None:
            message = "BROKER_URL is not set"
            raise ValueError(message)
        return self.broker_url.get_secret_value()

    @property
    def broker_encrypted(self) -> bool:
        """Whether the connection is made with TLS."""
        return self.broker_address.startswith(f"{_ENCRYPTED}://")


def _scheme_of(value: SecretStr) -> str:
    """Read a URL; the message of a failure never repeats it, for it has a password."""
    message = "not a RabbitMQ URL such as amqps://user:password@host:5671/vhost"
    try:
        url = urlsplit(value.get_secret_value())
        usable = url.scheme in _SCHEMES and bool(url.hostname) and url.port != 0
    except ValueError:
        raise ValueError(message) from None
    if not usable:
        raise ValueError(message)
    return url.scheme
