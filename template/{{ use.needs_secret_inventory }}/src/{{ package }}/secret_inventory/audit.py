"""Finds the secrets that are older than the policy allows."""

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from .config import SecretInventorySettings
from .inventory import DataClass, SecretEntry, SecretInventory


class SecretState(StrEnum):
    """How a secret's age compares with the policy."""

    FRESH = "fresh"
    DUE = "due"
    OVERDUE = "overdue"


class SecretFinding(BaseModel):
    """One secret and its age in days."""

    model_config = ConfigDict(frozen=True)

    name: str
    owner: str
    data_class: DataClass
    age_days: int
    state: SecretState
    guide: str


class SecretAudit(BaseModel):
    """The state of every secret on one day; oldest first."""

    model_config = ConfigDict(frozen=True)

    checked_on: date
    rotation_days: int
    grace_days: int
    secrets: tuple[SecretFinding, ...]

    def names(self, state: SecretState) -> tuple[str, ...]:
        """Return the names of the secrets in one state."""
        return tuple(found.name for found in self.secrets if found.state is state)


def audit_secrets(
    inventory: SecretInventory, policy: SecretInventorySettings, today: date
) -> SecretAudit:
    """Compare every secret's age with the policy.

    Args:
        inventory: The secrets.
        policy: From `secret_due_days` on a secret is due; past `secret_rotation_days`
            and `secret_rotation_grace_days` it is overdue.
        today: The day to compare with.
    """
    findings = (_finding(entry, policy, today) for entry in inventory.secret)
    return SecretAudit(
        checked_on=today,
        rotation_days=policy.secret_rotation_days,
        grace_days=policy.secret_rotation_grace_days,
        secrets=tuple(sorted(findings, key=lambda found: -found.age_days)),
    )


def _finding(
    entry: SecretEntry, policy: SecretInventorySettings, today: date
) -> SecretFinding:
    age = entry.age_days(today)
    limit = policy.secret_rotation_days + policy.secret_rotation_grace_days
    state = SecretState.FRESH if age <= policy.secret_due_days else SecretState.DUE
    if age > limit:
        state = SecretState.OVERDUE
    return SecretFinding(
        name=entry.name,
        owner=entry.owner,
        data_class=entry.data_class,
        age_days=age,
        state=state,
        guide=entry.guide,
    )
