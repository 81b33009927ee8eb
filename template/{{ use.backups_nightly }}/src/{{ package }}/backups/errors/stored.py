"""The backups that are kept."""

from ...core.errors import NotFoundError
from .run import BackupError


class BackupDamagedError(BackupError):
    """A stored backup is not what was written."""

    code = "backup_damaged"
    title = "The backup is damaged"


class BackupKeyError(BackupError):
    """The key that opens a backup is missing or malformed."""

    code = "backup_key"
    title = "The key of the backup is missing"


class BackupNotFoundError(NotFoundError):
    """No backup of that name exists, or none at all."""

    code = "backup_not_found"
    title = "No such backup"
