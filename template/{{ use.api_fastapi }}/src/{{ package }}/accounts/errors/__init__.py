"""What can go wrong with accounts; the API answers with their status."""

from .api_keys import ApiKeyExistsError, ApiKeyNotFoundError, InvalidApiKeyError
from .dry_run import DryRunError
from .keys import SigningKeyError
from .passwords import WeakPasswordError, WrongPasswordError
from .sign_in import InvalidCredentialsError, InvalidTokenError, SignInLimitedError
from .users import UserExistsError, UserNotFoundError

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
