"""The directory cannot take a project."""

from .base import GroundplanError


class TargetError(GroundplanError):
    """The directory cannot take the project."""

    exit_code = 3


class TargetNotEmptyError(TargetError):
    """The directory holds files already."""
