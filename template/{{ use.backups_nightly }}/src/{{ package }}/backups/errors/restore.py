"""Bringing a backup back, in earnest or in a drill."""

from ...core.errors import ConflictError
from .run import BackupError


class DrillFailedError(BackupError):
    """A restore drill found a difference or took too long."""

    code = "restore_drill_failed"
    title = "The restore drill failed"


class DatabaseNotEmptyError(ConflictError):
    """A restore would replace data that is there."""

    code = "database_not_empty"
    title = "The database holds data"
