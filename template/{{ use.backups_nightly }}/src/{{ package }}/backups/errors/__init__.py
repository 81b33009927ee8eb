"""Errors of the backups, part of the tree in `core/errors`.

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

from .restore import DatabaseNotEmptyError, DrillFailedError
from .run import BackupError, BackupRunningError
from .stored import BackupDamagedError, BackupKeyError, BackupNotFoundError

__all__ = [
    "BackupDamagedError",
    "BackupError",
    "BackupKeyError",
    "BackupNotFoundError",
    "BackupRunningError",
    "DatabaseNotEmptyError",
    "DrillFailedError",
]
