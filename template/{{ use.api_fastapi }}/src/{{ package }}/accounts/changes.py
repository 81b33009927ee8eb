"""What users send to change their accounts."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from .passwords import MAX_LENGTH, MIN_LENGTH


class PasswordChange(BaseModel):
    """A new password, and the present one as a proof.

    Attributes:
        current_password: The one that signs in now.
        new_password: The one that will.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    current_password: SecretStr = Field(max_length=MAX_LENGTH)
    new_password: SecretStr = Field(min_length=MIN_LENGTH, max_length=MAX_LENGTH)
