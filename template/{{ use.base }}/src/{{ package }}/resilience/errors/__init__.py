"""Errors of the resilience kit, part of the tree in `core/errors`.

AppError
├── TimeLimitError            work took longer than it may
├── FileWriteError            a file could not be written; its cause says why
│   └── OutputTooSmallError   the output is too small to be whole
└── UnavailableError
    ├── InsufficientDiskSpaceError
    ├── OfflineError          the network did not come back in time
    └── CircuitOpenError      a failing host is left alone for a while
"""

from .files import FileWriteError, InsufficientDiskSpaceError, OutputTooSmallError
from .network import CircuitOpenError, OfflineError
from .work import TimeLimitError

__all__ = [
    "CircuitOpenError",
    "FileWriteError",
    "InsufficientDiskSpaceError",
    "OfflineError",
    "OutputTooSmallError",
    "TimeLimitError",
]
