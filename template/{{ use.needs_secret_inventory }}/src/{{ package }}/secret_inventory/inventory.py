"""Reads the inventory of secrets and records rotations in it.

The file holds names and dates, never values, so it belongs to the repository.
"""

import re
import tomllib
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from .errors import InventoryError


class DataClass(StrEnum):
    """How much harm a leak does: secret, personal, internal, public."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"


class SecretEntry(BaseModel):
    """One secret: everything about it except its value."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    owner: str = Field(min_length=1)
    data_class: DataClass = Field(alias="class")
    setting: bool = True
    """Whether the service reads it as a setting."""
    deployed: bool = True
    """Whether a deployment hands it to the host."""
    required: bool = True
    """Whether a deployment cannot do without it."""
    purpose: str = Field(min_length=1)
    created: date
    rotated: date
    guide: str = Field(pattern=r"^docs/.+\.md#.+$")

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.rotated < self.created:
            message = f"rotated {self.rotated} lies before created {self.created}"
            raise ValueError(message)
        return self

    def age_days(self, today: date) -> int:
        """Return the days since the last rotation; 0 for a date still to come."""
        return max(0, (today - self.rotated).days)


class SecretInventory(BaseModel):
    """All secrets of the service."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    secret: tuple[SecretEntry, ...]

    @model_validator(mode="after")
    def _each_name_once(self) -> Self:
        names = [entry.name for entry in self.secret]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            message = f"named twice: {', '.join(twice)}"
            raise ValueError(message)
        return self

    def find(self, name: str) -> SecretEntry:
        """Return the entry of that name.

        Raises:
            InventoryError: The inventory does not know it.
        """
        for entry in self.secret:
            if entry.name == name:
                return entry
        known = ", ".join(entry.name for entry in self.secret)
        message = f"The inventory has no secret {name}."
        raise InventoryError(message, hint=f"It knows {known}.")


def load_inventory(file: Path) -> SecretInventory:
    """Read the inventory.

    Raises:
        InventoryError: The file is missing, no TOML, or has a wrong entry.
    """
    try:
        return SecretInventory.model_validate(tomllib.loads(file.read_text("utf-8")))
    except OSError as error:
        message = f"The inventory of secrets cannot be read: {file}."
        hint = "Run from the project's folder or set SECRETS_INVENTORY_FILE."
        raise InventoryError(message, hint=hint) from error
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        message = f"The inventory of secrets is wrong: {file}: {error}"
        hint = "Every secret has name, owner, class, purpose, created, rotated, guide."
        raise InventoryError(message, hint=hint) from error


def with_rotation(text: str, name: str, day: date) -> str:
    """Return the inventory's text with a new date of rotation for one secret.

    Comments and order stay as they are, so that the commit shows one changed line.

    Raises:
        InventoryError: The text has no such secret, or it has no `rotated` line.
    """
    blocks = re.split(r"(?m)^(?=\[\[secret\]\])", text)
    for index, block in enumerate(blocks):
        if re.search(rf'(?m)^name = "{re.escape(name)}"$', block):
            changed, count = re.subn(
                r"(?m)^rotated = \S+$", f"rotated = {day.isoformat()}", block
            )
            if count == 1:
                blocks[index] = changed
                return "".join(blocks)
    message = f"The inventory has no secret {name} with a date of rotation."
    raise InventoryError(message, hint="Names are written as NAME, dates as rotated.")
