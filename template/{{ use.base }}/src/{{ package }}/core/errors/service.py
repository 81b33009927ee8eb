"""The service itself, or a part it needs, is not fit to answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from .base import AppError


class UnavailableError(AppError):
    """A part that this needs does not answer; later it may."""

    code = "unavailable"
    title = "Temporarily unavailable"
    status = 503
    explanation = (
        "Something that the service needs does not answer. Nothing was changed; try "
        "again after `Retry-After`."
    )


@dataclass(frozen=True, slots=True)
class SettingProblem:
    """One variable of the environment that is missing or wrong.

    Attributes:
        name: The variable, as it is written in the environment.
        message: What is wrong with it; never its value.
        hint: What it is for.
    """

    name: str
    message: str
    hint: str


class SettingsError(AppError):
    """The environment does not describe a service that can start."""

    code = "settings"
    title = "The settings are incomplete"

    def __init__(self, problems: Sequence[SettingProblem]) -> None:
        """List every problem at once, so that one round of repairs is enough."""
        self.problems = tuple(problems)
        lines = [
            f"  {problem.name}: {problem.message}"
            + (f"\n      {problem.hint}" if problem.hint else "")
            for problem in self.problems
        ]
        super().__init__(
            "\n".join(("The service cannot start with these settings:", *lines)),
            hint="Set the variables in the environment or in .env; "
            ".env.example names them all.",
        )
