"""Errors of the resilience kit, part of the tree in `core/errors.py`.

AppError
├── TimeLimitError            work took longer than it may
├── FileWriteError            a file could not be written; its cause says why
│   └── OutputTooSmallError   the output is too small to be whole
└── UnavailableError
    ├── InsufficientDiskSpaceError
    ├── OfflineError          the network did not come back in time
    └── CircuitOpenError      a failing host is left alone for a while
"""

from ..core.errors import AppError, UnavailableError


class TimeLimitError(AppError):
    """A piece of work took longer than it may (S0 §3.1)."""

    code = "time_limit"
    title = "The work took too long"

    def __init__(self, seconds: float) -> None:
        """Name the limit, in seconds."""
        super().__init__(f"It was stopped after {seconds:g} seconds.")


class FileWriteError(AppError):
    """A file was not written; what stood there still stands (S0 §4.1)."""

    code = "file_write_failed"
    title = "A file could not be written"


class OutputTooSmallError(FileWriteError):
    """The output is suspiciously small and was not kept (S0 §4.1)."""

    code = "output_too_small"
    title = "The output is too small"


class InsufficientDiskSpaceError(UnavailableError):
    """The disk has less free space than the configured minimum (S0 §4.1)."""

    code = "disk_space_low"
    title = "Not enough disk space"


class OfflineError(UnavailableError):
    """The network did not come back within the time allowed (S0 §6.2)."""

    code = "offline"
    title = "The network is unreachable"


class CircuitOpenError(UnavailableError):
    """A host failed too often and is not called for a while (S2 §16.3)."""

    code = "circuit_open"
    title = "A service that this one depends on is failing"
