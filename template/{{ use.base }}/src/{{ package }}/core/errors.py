"""The errors of the domain, one tree (S2 §16.2).

    AppError                  500  something is wrong on our side
    ├── NotFoundError         404  no such thing, or not for this caller
    ├── InvalidInputError     400  well-formed, yet it breaks a rule
    ├── AuthenticationError   401  nobody, or nobody we know
    ├── AuthorizationError    403  somebody, but not allowed
    ├── ConflictError         409  the state has changed meanwhile
    ├── RateLimitedError      429  too many requests
    ├── UnavailableError      503  a part we need does not answer
    └── SettingsError         500  the environment is incomplete

A part of the service derives its own errors from these, beside its code. `detail` is
shown to callers: it never carries a secret, a path or a statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class AppError(Exception):
    """Base of all expected failures (S2 §16.2).

    Attributes:
        code: Stable identifier that programs compare, such as `not_found`.
        title: The same for people, equal for every occurrence.
        status: HTTP status that the API answers with.
        detail: What happened this time.
        hint: What the reader can do about it, or nothing.
    """

    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "Something went wrong on our side"
    status: ClassVar[int] = 500

    def __init__(self, detail: str | None = None, *, hint: str | None = None) -> None:
        """Remember what happened and what to do about it."""
        self.detail = detail or self.title
        self.hint = hint
        super().__init__(self.detail)


class NotFoundError(AppError):
    """Nothing is there, or nothing that this caller may see (S2 §16.2)."""

    code = "not_found"
    title = "Not found"
    status = 404


class InvalidInputError(AppError):
    """The input is well-formed, yet breaks a rule of the domain (S2 §16.2)."""

    code = "invalid_input"
    title = "Invalid input"
    status = 400


class AuthenticationError(AppError):
    """The caller could not be identified (S2 §16.2)."""

    code = "not_authenticated"
    title = "Not signed in"
    status = 401


class AuthorizationError(AppError):
    """The caller is known and may not do this (S2 §16.2)."""

    code = "not_allowed"
    title = "Not allowed"
    status = 403


class ConflictError(AppError):
    """The request does not fit the present state (S2 §16.2)."""

    code = "conflict"
    title = "Conflict with the present state"
    status = 409


class RateLimitedError(AppError):
    """The caller sent more than its share (S2 §18.11)."""

    code = "rate_limited"
    title = "Too many requests"
    status = 429

    def __init__(self, detail: str | None = None, *, retry_after: float) -> None:
        """Remember after how many seconds the caller may come back."""
        super().__init__(detail, hint=f"Try again in {retry_after:.0f} seconds.")
        self.retry_after = retry_after


class UnavailableError(AppError):
    """A part that this needs does not answer; later it may (S2 §16.3)."""

    code = "unavailable"
    title = "Temporarily unavailable"
    status = 503


@dataclass(frozen=True, slots=True)
class SettingProblem:
    """One variable of the environment that is missing or wrong (S2 §14.2).

    Attributes:
        name: The variable, as it is written in the environment.
        message: What is wrong with it; never its value.
        hint: What it is for.
    """

    name: str
    message: str
    hint: str


class SettingsError(AppError):
    """The environment does not describe a service that can start (S2 §14.2)."""

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
