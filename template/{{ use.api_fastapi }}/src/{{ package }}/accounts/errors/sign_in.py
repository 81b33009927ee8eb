"""Proving who somebody is."""

from ...core.errors import AuthenticationError, RateLimitedError


class InvalidCredentialsError(AuthenticationError):
    """Wrong name, wrong password or a disabled user: the answer never says which."""

    code = "invalid_credentials"
    title = "Wrong user name or password"


class InvalidTokenError(AuthenticationError):
    """The token is damaged, expired, revoked or not ours."""

    code = "invalid_token"
    title = "The token is not valid"


class SignInLimitedError(RateLimitedError):
    """Too many attempts for this name or from this address."""

    code = "sign_in_limited"
    title = "Too many attempts to sign in"
