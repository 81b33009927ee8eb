"""The file system refuses."""

from .target import TargetError


class NotWritableError(TargetError):
    """The directory or its parent refuses to be written."""


class DiskFullError(TargetError):
    """The file system has no room for the project."""
