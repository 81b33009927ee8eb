"""What goes into and comes out of sign-in."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class TokenPair(BaseModel):
    """The answer to a sign-in, as RFC 6749 §5.1 names its parts.

    Attributes:
        access_token: Sent as `Authorization: Bearer …`.
        token_type: Always `bearer`.
        expires_in: Life of the access token, seconds.
        refresh_token: Gets the next pair, once.
        scope: What the token allows, separated by spaces.
    """

    model_config = ConfigDict(frozen=True)

    access_token: str = Field(examples=["eyJhbGciOiJFUzI1NiIs…"], repr=False)
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - RFC 6749's name of the type
    expires_in: int = Field(examples=[1800])
    refresh_token: str = Field(examples=["N2nRq0…"], repr=False)
    scope: str = Field(examples=["documents:read documents:write"])


class RefreshRequest(BaseModel):
    """A refresh token, to be exchanged or revoked.

    Attributes:
        refresh_token: As it was handed out.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"refresh_token": "N2nRq0…"}]},
    )

    refresh_token: Annotated[str, Field(min_length=1, max_length=256, repr=False)]


class UserRead(BaseModel):
    """A user as the user sees it.

    Attributes:
        id: UUIDv7.
        name: What is typed to sign in.
        scopes: What the user may do.
        created_at: When the user was made, UTC.
    """

    model_config = ConfigDict(
        from_attributes=True,
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "0197a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b",
                    "name": "ada",
                    "scopes": ["documents:read", "documents:write"],
                    "created_at": "2026-01-05T09:30:00Z",
                }
            ]
        },
    )

    id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
