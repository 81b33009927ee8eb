"""Files and the disk under them."""

from ...core.errors import AppError, UnavailableError


class FileWriteError(AppError):
    """A file was not written; what stood there still stands."""

    code = "file_write_failed"
    title = "A file could not be written"


class OutputTooSmallError(FileWriteError):
    """The output is suspiciously small and was not kept."""

    code = "output_too_small"
    title = "The output is too small"


class InsufficientDiskSpaceError(UnavailableError):
    """The disk has less free space than the configured minimum."""

    code = "disk_space_low"
    title = "Not enough disk space"
