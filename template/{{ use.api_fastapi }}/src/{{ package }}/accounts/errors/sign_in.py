"""Proving who somebody is."""

from ...core.errors import AuthenticationError, RateLimitedError


class InvalidCredentialsError(AuthenticationError):
    """Wrong name, wrong password or a disabled user: the answer never says which."""

    code = "invalid_credentials"
    title = "Wrong user name or password"
    explanation = (
        "No account has this name and password, or it is disabled. Which of them it "
        "is, is never said."
    )


class InvalidTokenError(AuthenticationError):
    """The token is damaged, expired, revoked or not ours."""

    code = "invalid_token"
    title = "The token is not valid"
    explanation = (
        "The token is damaged, expired, used or revoked. Get a new one with the "
        "refresh token, or sign in again."
    )


class SignInLimitedError(RateLimitedError):
    """Too many attempts for this name or from this address."""

    code = "sign_in_limited"
    title = "Too many attempts to sign in"
    explanation = (
        "There were too many attempts to sign in. Wait as long as `Retry-After` says."
    )
