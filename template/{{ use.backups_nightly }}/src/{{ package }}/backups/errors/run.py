"""Making a backup."""

from ...core.errors import AppError, ConflictError


class BackupError(AppError):
    """A backup could not be made, copied or restored."""

    code = "backup_failed"
    title = "The backup failed"


class BackupRunningError(ConflictError):
    """Another process makes a backup at this moment."""

    code = "backup_running"
    title = "A backup is running already"
