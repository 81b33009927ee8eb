"""Making and managing users."""

from ...core.errors import ConflictError, NotFoundError


class UserExistsError(ConflictError):
    """Another user has this name."""

    code = "user_exists"
    title = "The user exists already"


class UserNotFoundError(NotFoundError):
    """No user has this name."""

    code = "user_not_found"
    title = "No such user"
