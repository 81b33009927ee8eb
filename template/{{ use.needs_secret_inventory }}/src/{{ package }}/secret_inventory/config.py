"""Settings of the secret inventory."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field


class SecretInventorySettings(BaseModel):
    """Where the inventory lies and how old a secret may grow."""

    secrets_inventory_file: Annotated[
        Path, Field(description="The inventory, seen from the working directory")
    ] = Path("ops/secrets/inventory.toml")
    secret_rotation_days: Annotated[
        int, Field(ge=1, description="Age at which a secret is due, days")
    ] = 90
    secret_rotation_grace_days: Annotated[
        int, Field(ge=0, description="Further days until the audit fails")
    ] = 14
