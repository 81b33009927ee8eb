"""Making and managing users."""

from ...core.errors import ConflictError, InvalidInputError, NotFoundError


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
