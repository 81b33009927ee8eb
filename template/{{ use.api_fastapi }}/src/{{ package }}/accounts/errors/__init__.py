"""What can go wrong with accounts; the API answers with their status (S2 §16.2)."""

from .keys import SigningKeyError
from .sign_in import InvalidCredentialsError, InvalidTokenError, SignInLimitedError
from .users import UserExistsError, UserNotFoundError, WeakPasswordError

__all__ = [
    "InvalidCredentialsError",
    "InvalidTokenError",
    "SignInLimitedError",
    "SigningKeyError",
    "UserExistsError",
    "UserNotFoundError",
    "WeakPasswordError",
]
