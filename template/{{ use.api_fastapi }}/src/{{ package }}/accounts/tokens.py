"""Access tokens: signed, short-lived, checked in full."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import jwt

from ..core.clock import Clock, utc_now
from ..core.ids import new_id
from .config import AccountSettings
from .errors import InvalidTokenError
from .keys import KeyRing

ALGORITHM: Final = "ES256"
TOKEN_TYPE: Final = "at+jwt"  # noqa: S105 - the media type of RFC 9068, not a secret
_REQUIRED: Final = ["aud", "exp", "iat", "iss", "jti", "scope", "sid", "sub"]
_REFRESH_BYTES: Final = 32
# Ours have about six hundred characters.
_LONGEST: Final = 4_096


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a verified access token says.

    Attributes:
        user_id: Whom it speaks for (sub).
        session_id: The sign-in it comes from (sid).
        scopes: What it allows (scope).
        expires_at: Unix time after which it is worthless, seconds (exp).
    """

    user_id: UUID
    session_id: UUID
    scopes: frozenset[str]
    expires_at: float


class AccessTokens:
    """Issues and verifies access tokens."""

    def __init__(
        self, settings: AccountSettings, keys: KeyRing, clock: Clock = utc_now
    ) -> None:
        """Keep the keys and what every token must say.

        Args:
            settings: Issuer, audience and lifetime.
            keys: What signs and verifies.
            clock: The present time, replaced in tests.
        """
        self._settings = settings
        self._keys = keys
        self._clock = clock
        self.lifetime = timedelta(minutes=settings.access_token_minutes)

    def issue(self, user_id: UUID, session_id: UUID, scopes: Iterable[str]) -> str:
        """Sign a token; it names the user by id only, nothing personal."""
        now = self._clock()
        claims: dict[str, Any] = {
            "aud": self._settings.jwt_audience,
            "exp": now + self.lifetime,
            "iat": now,
            "iss": self._settings.jwt_issuer,
            "jti": str(new_id()),
            "scope": " ".join(sorted(scopes)),
            "sid": str(session_id),
            "sub": str(user_id),
        }
        headers = {"kid": self._keys.kid, "typ": TOKEN_TYPE}
        return jwt.encode(
            claims, self._keys.private_key, algorithm=ALGORITHM, headers=headers
        )

    def verify(self, token: str) -> AccessToken:
        """Check signature, key name, type, issuer, audience and expiry.

        Raises:
            InvalidTokenError: Any of them is wrong; the answer does not say which.
        """
        if len(token) > _LONGEST:
            raise InvalidTokenError
        try:
            header = jwt.get_unverified_header(token)
            key = self._keys.public_keys[header["kid"]]
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=self._settings.jwt_audience,
                issuer=self._settings.jwt_issuer,
                options={"require": _REQUIRED},
            )
            if header.get("typ") != TOKEN_TYPE:
                raise InvalidTokenError
            return AccessToken(
                user_id=UUID(str(claims["sub"])),
                session_id=UUID(str(claims["sid"])),
                scopes=frozenset(str(claims["scope"]).split()),
                expires_at=float(claims["exp"]),
            )
        except (jwt.InvalidTokenError, KeyError, ValueError, TypeError) as error:
            raise InvalidTokenError from error


def new_refresh_token() -> tuple[str, bytes]:
    """Make a refresh token of 256 random bits.

    Returns:
        The token for the caller, and the digest that is stored instead of it.
    """
    token = secrets.token_urlsafe(_REFRESH_BYTES)
    return token, digest(token)


def digest(token: str) -> bytes:
    """Return what is stored of a token: random bits need no slow hash."""
    return hashlib.sha256(token.encode()).digest()


def seconds_until(moment: datetime, now: datetime) -> int:
    """Return whole seconds from now to a moment, at least one."""
    return max(1, int((moment - now).total_seconds()))
