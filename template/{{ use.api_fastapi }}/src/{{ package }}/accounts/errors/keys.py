"""The key that signs tokens."""

from ...core.errors import AppError


class SigningKeyError(AppError):
    """The signing key is missing or unusable."""

    code = "signing_key"
    title = "The signing key cannot be used"
