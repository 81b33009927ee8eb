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
        int, Field(ge=1, description="Age that no secret may exceed, days")
    ] = 90
    secret_rotation_notice_days: Annotated[
        int, Field(ge=0, description="Days before that age at which it is due")
    ] = 14
    secret_rotation_grace_days: Annotated[
        int, Field(ge=0, description="Days after that age until the audit fails")
    ] = 0

    @property
    def secret_due_days(self) -> int:
        """Age from which a secret is reported as due."""
        return max(0, self.secret_rotation_days - self.secret_rotation_notice_days)
