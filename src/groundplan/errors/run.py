"""The run did not come to its end."""

from .base import GroundplanError


class SetupError(GroundplanError):
    """The project is rendered and kept, but a step after that failed."""

    exit_code = 6


class InterruptedRunError(GroundplanError):
    """The user or the system stopped the command."""

    exit_code = 130
