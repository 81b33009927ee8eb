"""Password hashes: Argon2id, off the event loop, in constant time."""

import asyncio
import secrets
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from .errors import WeakPasswordError

MIN_LENGTH: Final = 12
MAX_LENGTH: Final = 256
_GENERATED_BYTES: Final = 18
_CONCURRENT: Final = 4
_HASHER: Final = PasswordHasher()


class Passwords:
    """Hashes and verifies; each takes about 50 ms and 64 MiB, so few run at once."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Use the library's parameters (RFC 9106, low memory) unless others are given.

        Args:
            hasher: Cheaper parameters, for tests.
        """
        self._hasher = hasher or _HASHER
        self._slots = asyncio.Semaphore(_CONCURRENT)
        self._decoy = _decoy(self._hasher)

    async def hash(self, password: str) -> str:
        """Return the Argon2id hash of a password.

        Raises:
            WeakPasswordError: It is shorter than 12 or longer than 256 characters.
        """
        check_strength(password)
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Compare a password with a hash, or spend the same time on a decoy.

        Args:
            password: What the caller sent.
            password_hash: The stored hash; nothing for a user who does not exist.
        """
        async with self._slots:
            matches = await asyncio.to_thread(
                self._matches, password, password_hash or self._decoy
            )
        return matches and password_hash is not None

    def outdated(self, password_hash: str) -> bool:
        """Say whether the hash was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    def _matches(self, password: str, password_hash: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


@cache
def _decoy(hasher: PasswordHasher) -> str:
    """Hash something nobody knows, with the same parameters."""
    return hasher.hash(secrets.token_urlsafe())


def check_strength(password: str) -> None:
    """Refuse a password that is too short, or too long to hash at will.

    Raises:
        WeakPasswordError: It is outside 12 to 256 characters.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise WeakPasswordError(
            f"A password has {MIN_LENGTH} to {MAX_LENGTH} characters.",
            hint="Use a sentence, or let the command generate one.",
        )


def generate() -> str:
    """Make a password of 144 random bits."""
    return secrets.token_urlsafe(_GENERATED_BYTES)
