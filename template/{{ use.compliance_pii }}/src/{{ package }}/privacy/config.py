"""Settings of personal data."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, NonNegativeInt, SecretStr

from ..core.config import DeploymentSettings


class PrivacySettings(DeploymentSettings):
    """The ledger of erasures and the periods of retention."""

    privacy_signing_keys: Annotated[
        SecretStr | None,
        Field(
            description="Keys of pseudonyms, comma-separated, 32 characters or more; "
            "the first one signs, all verify; `privacy new-key` makes one"
        ),
    ] = None
    privacy_ledger_file: Annotated[
        Path | None,
        Field(description="Erasures outside the database; BASE_DIR/privacy if unset"),
    ] = None
    privacy_retention_days: dict[str, NonNegativeInt] = Field(
        default_factory=dict,
        description="Periods that replace a rule's own, days",
    )
