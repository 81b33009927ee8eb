"""The root of the tree."""

from typing import ClassVar


class GroundplanError(Exception):
    """Base of all errors that reach the user."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        """Say what happened and what to do.

        Args:
            message: What happened, as one sentence or a few lines.
            hint: What to do about it; empty when there is nothing to do.
        """
        super().__init__(message)
        self.message = message
        self.hint = hint
