"""Devices that somebody has signed in from: a signed cookie, nothing in the database.

It proves no identity. Its holder is only spared the limits that strangers share, and
has as many guesses as anybody; so a stolen one is worth little.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import jwt

from ..core.clock import Clock, utc_now
from ..core.ids import new_id
from .config import AccountSettings
from .keys import KeyRing
from .tokens import ALGORITHM

COOKIE: Final = "device"
LIFETIME: Final = timedelta(days=180)
_TYPE: Final = "device+jwt"
_REQUIRED: Final = ["aud", "exp", "iss", "jti", "sub"]
_LONGEST: Final = 1024


@dataclass(frozen=True, slots=True)
class Device:
    """A device that a user has signed in from.

    Attributes:
        id: Its own, what its failed attempts are counted by.
        user_id: Who signed in.
    """

    id: UUID
    user_id: UUID


class DeviceTokens:
    """Issues and reads what a device remembers."""

    def __init__(
        self, settings: AccountSettings, keys: KeyRing, clock: Clock = utc_now
    ) -> None:
        """Take who issues and what signs; `clock` is replaced in tests."""
        self._settings = settings
        self._keys = keys
        self._clock = clock

    def issue(self, user_id: UUID, known: Device | None = None) -> str:
        """Sign a token for the device of a sign-in, a known one under its own id."""
        claims: dict[str, Any] = {
            "aud": self._settings.jwt_audience,
            "exp": self._clock() + LIFETIME,
            "iss": self._settings.jwt_issuer,
            "jti": str(known.id if known else new_id()),
            "sub": str(user_id),
        }
        headers = {"kid": self._keys.kid, "typ": _TYPE}
        return jwt.encode(
            claims, self._keys.private_key, algorithm=ALGORITHM, headers=headers
        )

    def read(self, token: str | None) -> Device | None:
        """Return the device of a token; nothing where it is missing or not ours."""
        if not token or len(token) > _LONGEST:
            return None
        try:
            header = jwt.get_unverified_header(token)
            claims = jwt.decode(
                token,
                self._keys.public_keys[header["kid"]],
                algorithms=[ALGORITHM],
                audience=self._settings.jwt_audience,
                issuer=self._settings.jwt_issuer,
                options={"require": _REQUIRED},
            )
            if header.get("typ") != _TYPE:
                return None
            return Device(UUID(str(claims["jti"])), UUID(str(claims["sub"])))
        except (jwt.InvalidTokenError, KeyError, ValueError, TypeError):
            return None
