"""What can go wrong with accounts; the API answers with their status."""

from .api_keys import ApiKeyExistsError, ApiKeyNotFoundError, InvalidApiKeyError
from .keys import SigningKeyError
from .sign_in import (
    DryRunError,
    InvalidCredentialsError,
    InvalidTokenError,
    SignInLimitedError,
)
from .users import (
    UserExistsError,
    UserNotFoundError,
    WeakPasswordError,
    WrongPasswordError,
)

__all__ = [
    "ApiKeyExistsError",
    "ApiKeyNotFoundError",
    "DryRunError",
    "InvalidApiKeyError",
    "InvalidCredentialsError",
    "InvalidTokenError",
    "SignInLimitedError",
    "SigningKeyError",
    "UserExistsError",
    "UserNotFoundError",
    "WeakPasswordError",
    "WrongPasswordError",
]
