"""The errors of the domain, one tree.

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

from .base import AppError
from .caller import AuthenticationError, AuthorizationError, RateLimitedError
from .request import ConflictError, InvalidInputError, NotFoundError
from .service import SettingProblem, SettingsError, UnavailableError

__all__ = [
    "AppError",
    "AuthenticationError",
    "AuthorizationError",
    "ConflictError",
    "InvalidInputError",
    "NotFoundError",
    "RateLimitedError",
    "SettingProblem",
    "SettingsError",
    "UnavailableError",
]
