"""What can go wrong with accounts; the API answers with their status (S2 §16.2)."""

from ..core.errors import (
    AppError,
    AuthenticationError,
    ConflictError,
    InvalidInputError,
    NotFoundError,
    RateLimitedError,
)


class InvalidCredentialsError(AuthenticationError):
    """Wrong name, wrong password or a disabled user: the answer never says which."""

    code = "invalid_credentials"
    title = "Wrong user name or password"


class InvalidTokenError(AuthenticationError):
    """The token is damaged, expired, revoked or not ours (S1 §9)."""

    code = "invalid_token"
    title = "The token is not valid"


class SignInLimitedError(RateLimitedError):
    """Too many attempts for this name or from this address (S4 Security Baseline)."""

    code = "sign_in_limited"
    title = "Too many attempts to sign in"


class WeakPasswordError(InvalidInputError):
    """The password is too short or too long to be hashed safely."""

    code = "weak_password"
    title = "The password is not acceptable"


class UserExistsError(ConflictError):
    """Another user has this name."""

    code = "user_exists"
    title = "The user exists already"


class UserNotFoundError(NotFoundError):
    """No user has this name."""

    code = "user_not_found"
    title = "No such user"


class SigningKeyError(AppError):
    """The signing key is missing or unusable."""

    code = "signing_key"
    title = "The signing key cannot be used"
