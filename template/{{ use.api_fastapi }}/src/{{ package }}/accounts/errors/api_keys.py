"""Making, managing and using API keys."""

from ...core.errors import AuthenticationError, ConflictError, NotFoundError


class InvalidApiKeyError(AuthenticationError):
    """The API key is unknown, expired, revoked or not ours."""

    code = "invalid_api_key"
    title = "The API key is not valid"
    explanation = (
        "The key is unknown, expired or revoked. Ask whoever operates the service for "
        "a new one."
    )


class ApiKeyExistsError(ConflictError):
    """Another API key has this name."""

    code = "api_key_exists"
    title = "The API key exists already"


class ApiKeyNotFoundError(NotFoundError):
    """No API key has this name."""

    code = "api_key_not_found"
    title = "No such API key"
