"""Something is missing on this machine."""

from .base import GroundplanError


class EnvironmentProblemError(GroundplanError):
    """Something the command needs is missing on this machine."""

    exit_code = 4


class GitMissingError(EnvironmentProblemError):
    """Git is not installed, or too old."""
