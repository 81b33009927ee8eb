"""Whoever asks may not, or not now."""

from .base import AppError


class AuthenticationError(AppError):
    """The caller could not be identified."""

    code = "not_authenticated"
    title = "Not signed in"
    status = 401


class AuthorizationError(AppError):
    """The caller is known and may not do this."""

    code = "not_allowed"
    title = "Not allowed"
    status = 403


class RateLimitedError(AppError):
    """The caller sent more than its share."""

    code = "rate_limited"
    title = "Too many requests"
    status = 429

    def __init__(self, detail: str | None = None, *, retry_after: float) -> None:
        """Remember after how many seconds the caller may come back."""
        super().__init__(detail, hint=f"Try again in {retry_after:.0f} seconds.")
        self.retry_after = retry_after
