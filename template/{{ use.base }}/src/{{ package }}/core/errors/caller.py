"""Whoever asks may not, or not now."""

from .base import AppError


class AuthenticationError(AppError):
    """The caller could not be identified."""

    code = "not_authenticated"
    title = "Not signed in"
    status = 401
    explanation = (
        "The request needs a caller. Send `Authorization: Bearer` with an access "
        "token, or `X-API-Key` with the key of a service."
    )


class AuthorizationError(AppError):
    """The caller is known and may not do this."""

    code = "not_allowed"
    title = "Not allowed"
    status = 403
    explanation = (
        "The caller is known and may not do this. `detail` names the scope that is "
        "missing."
    )


class RateLimitedError(AppError):
    """The caller sent more than its share."""

    code = "rate_limited"
    title = "Too many requests"
    status = 429
    explanation = (
        "Too many requests came from this caller. Wait as long as `Retry-After` says."
    )

    def __init__(self, detail: str | None = None, *, retry_after: float) -> None:
        """Remember after how many seconds the caller may come back."""
        super().__init__(detail, hint=f"Try again in {retry_after:.0f} seconds.")
        self.retry_after = retry_after
