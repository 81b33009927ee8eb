"""Work that was stopped."""

from ...core.errors import AppError


class TimeLimitError(AppError):
    """A piece of work took longer than it may."""

    code = "time_limit"
    title = "The work took too long"

    def __init__(self, seconds: float) -> None:
        """Name the limit, in seconds."""
        super().__init__(f"It was stopped after {seconds:g} seconds.")
