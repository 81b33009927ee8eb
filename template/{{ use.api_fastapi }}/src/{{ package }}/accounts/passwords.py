"""Password hashes: Argon2id, off the event loop, in constant time."""

import asyncio
import secrets
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from .errors import WeakPasswordError

MIN_LENGTH: Final = 12
MAX_LENGTH: Final = 256
_GENERATED_BYTES: Final = 18
_CONCURRENT: Final = 4
# Of 0 to 4: from here on an attacker with the hash would have to make 10^8 guesses.
_LEAST_SCORE: Final = 3
_SCORED_CHARACTERS: Final = 72
_HASHER: Final = PasswordHasher()
_ADVICE: Final = "Use a sentence of your own, or one that a password manager makes."


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
            WeakPasswordError: It is too short, too long or easy to guess.
        """
        async with self._slots:
            return await asyncio.to_thread(self._hash, password)

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

    def _hash(self, password: str) -> str:
        check_strength(password)
        return self._hasher.hash(password)

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
    """Refuse a password that is too short, too long to hash at will, or common.

    What many people use, what repeats itself and what the keyboard suggests is looked
    up in the lists of zxcvbn; they come with the package, nothing is asked outside.

    Raises:
        WeakPasswordError: It is outside 12 to 256 characters, or easy to guess.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise WeakPasswordError(
            f"A password has {MIN_LENGTH} to {MAX_LENGTH} characters.",
            hint=_ADVICE,
        )
    if zxcvbn(password[:_SCORED_CHARACTERS])["score"] < _LEAST_SCORE:
        message = "The password is one of those that are guessed first."
        raise WeakPasswordError(message, hint=_ADVICE)


def generate() -> str:
    """Make a password of 144 random bits."""
    return secrets.token_urlsafe(_GENERATED_BYTES)
