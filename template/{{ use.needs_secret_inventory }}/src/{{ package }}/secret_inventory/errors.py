"""Errors of the secret inventory, part of the tree in `core/errors`."""

from ..core.errors import AppError


class InventoryError(AppError):
    """The inventory of secrets cannot be used as it is."""

    code = "secret_inventory"
    title = "The inventory of secrets is unusable"


class SecretsMissingError(AppError):
    """The environment lacks secrets that a deployment needs."""

    code = "secrets_missing"
    title = "Secrets are missing"


class SecretsOverdueError(AppError):
    """Secrets are older than the policy and its grace allow."""

    code = "secrets_overdue"
    title = "Secrets are overdue for rotation"
