"""The command was called wrongly."""

from .base import GroundplanError


class UsageError(GroundplanError):
    """The command was called in a way that cannot work."""

    exit_code = 2


class UnknownNameError(UsageError):
    """A row, option or kickoff field that the grid does not have."""
