"""Settings of sign-in and tokens."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from ..core.config import DeploymentSettings

_PACKAGE = __name__.partition(".")[0]


class AccountSettings(DeploymentSettings):
    """Tokens, their signing key, and how many guesses are allowed."""

    jwt_issuer: Annotated[
        str, Field(min_length=1, description="Who issues the tokens (iss)")
    ] = _PACKAGE
    jwt_audience: Annotated[
        str, Field(min_length=1, description="Whom the tokens are for (aud)")
    ] = f"{_PACKAGE}-api"
    jwt_private_key: Annotated[
        SecretStr | None,
        Field(
            validate_default=True,
            description="PEM of the ES256 key that signs; else JWT_KEYS_DIR is read",
        ),
    ] = None
    jwt_public_keys: Annotated[
        str,
        Field(description="PEMs of earlier keys whose tokens are still accepted"),
    ] = ""
    jwt_keys_dir: Annotated[
        Path | None,
        Field(description="Folder of PEM files made by `keys create`; default: keys"),
    ] = None

    access_token_minutes: Annotated[
        int, Field(ge=15, le=60, description="Life of an access token, minutes")
    ] = 30
    refresh_token_days: Annotated[
        int, Field(ge=1, le=90, description="Life of a session, days")
    ] = 7
    token_recheck_seconds: Annotated[
        float,
        Field(
            gt=0,
            le=60,
            description="How long a worker trusts a token before it asks the database "
            "again whether it was revoked, seconds",
        ),
    ] = 5
    token_cache_size: Annotated[
        int,
        Field(ge=1, description="Verified tokens, or keys, that a worker remembers"),
    ] = 10_000

    api_key_days: Annotated[
        int,
        Field(ge=1, le=365, description="Life of an API key, days"),
    ] = 90

    max_failed_sign_ins: Annotated[
        int,
        Field(
            ge=1,
            description="Wrong passwords in a row from one address, or from one known "
            "device, that lock a name for it",
        ),
    ] = 5
    max_failed_sign_ins_of_strangers: Annotated[
        int,
        Field(
            ge=1,
            description="Wrong passwords for one name from all addresses that lock it "
            "for devices that never signed in",
        ),
    ] = 50
    lockout_minutes: Annotated[
        int, Field(ge=1, description="How long such a lock holds, minutes")
    ] = 15
    sign_ins_per_minute: Annotated[
        int, Field(ge=1, description="Attempts from one address in a minute")
    ] = 10

    @field_validator("jwt_private_key", mode="after")
    @classmethod
    def _not_empty(cls, value: SecretStr | None) -> SecretStr | None:
        """Take an empty variable as unset."""
        return value if value and value.get_secret_value().strip() else None

    @field_validator("jwt_keys_dir", mode="after")
    @classmethod
    def _given_where_deployed(
        cls, value: Path | None, info: ValidationInfo
    ) -> Path | None:
        """Refuse to start without a signing key where others depend on it."""
        deployed = info.data.get("environment") in {"staging", "production"}
        if deployed and value is None and info.data.get("jwt_private_key") is None:
            message = "set JWT_PRIVATE_KEY, or JWT_KEYS_DIR after `keys create`"
            raise ValueError(message)
        return value
