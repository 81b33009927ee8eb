"""Errors of the backups, part of the tree in `core/errors.py`.

AppError
├── BackupError               a backup could not be made, copied or restored
│   ├── BackupDamagedError    a stored backup is not what was written
│   ├── BackupKeyError        the key that opens a backup is missing or malformed
│   └── DrillFailedError      a restore drill found a difference or ran too long
├── NotFoundError
│   └── BackupNotFoundError
└── ConflictError
    ├── BackupRunningError    another process makes a backup at this moment
    └── DatabaseNotEmptyError a restore would replace data
"""

from ..core.errors import AppError, ConflictError, NotFoundError


class BackupError(AppError):
    """A backup could not be made, copied or restored (S0 §15.3)."""

    code = "backup_failed"
    title = "The backup failed"


class BackupDamagedError(BackupError):
    """A stored backup is not what was written (S0 §15.3)."""

    code = "backup_damaged"
    title = "The backup is damaged"


class BackupKeyError(BackupError):
    """The key that opens a backup is missing or malformed (S4 Data)."""

    code = "backup_key"
    title = "The key of the backup is missing"


class DrillFailedError(BackupError):
    """A restore drill found a difference or took too long (S0 §15.3)."""

    code = "restore_drill_failed"
    title = "The restore drill failed"


class BackupNotFoundError(NotFoundError):
    """No backup of that name exists, or none at all."""

    code = "backup_not_found"
    title = "No such backup"


class BackupRunningError(ConflictError):
    """Another process makes a backup at this moment."""

    code = "backup_running"
    title = "A backup is running already"


class DatabaseNotEmptyError(ConflictError):
    """A restore would replace data that is there."""

    code = "database_not_empty"
    title = "The database holds data"
