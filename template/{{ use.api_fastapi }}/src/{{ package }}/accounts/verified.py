"""Remembers verified tokens and keys: no ES256 and no query for a request.

A worker trusts an entry for a few seconds, then asks the database again: a revoked
token is refused at once by the worker that revoked it, by the others after that time.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cachetools import TTLCache

from .config import AccountSettings
from .principal import Principal
from .tokens import digest

_MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Verified:
    """A token whose signature was checked.

    Attributes:
        principal: Whom it speaks for.
        expires_at: Unix time after which it is worthless, seconds.
        trusted_until: Monotonic time after which the database is asked again, seconds.
    """

    principal: Principal
    expires_at: float
    trusted_until: float


class VerifiedTokens:
    """A bounded, expiring memory of one worker."""

    def __init__(
        self,
        settings: AccountSettings,
        *,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take size and times from the settings; the clocks are replaced in tests."""
        self._recheck_seconds = settings.token_recheck_seconds
        self._wall = wall
        self._monotonic = monotonic
        self._entries: TTLCache[bytes, Verified] = TTLCache(
            maxsize=settings.token_cache_size,
            ttl=settings.access_token_minutes * _MINUTE,
            timer=monotonic,
        )

    def find(self, token: str) -> Verified | None:
        """Return what is known of a token that has not expired, trusted or not."""
        key = digest(token)
        entry = self._entries.get(key)
        if entry is not None and entry.expires_at <= self._wall():
            del self._entries[key]
            return None
        return entry

    def is_trusted(self, entry: Verified) -> bool:
        """Say whether the database need not be asked yet."""
        return self._monotonic() < entry.trusted_until

    def remember(self, token: str, principal: Principal, expires_at: float) -> None:
        """Trust a token from now on, for the configured seconds."""
        trusted_until = self._monotonic() + self._recheck_seconds
        self._entries[digest(token)] = Verified(principal, expires_at, trusted_until)

    def forget(self, token: str) -> None:
        """Drop one token."""
        self._entries.pop(digest(token), None)

    def forget_session(self, session_id: UUID) -> None:
        """Drop every token of a session that has ended."""
        self._drop(lambda principal: principal.session_id == session_id)

    def forget_user(self, user_id: UUID, *, but: UUID | None = None) -> None:
        """Drop every token of a user, except those of one session."""
        self._drop(
            lambda principal: principal.id == user_id and principal.session_id != but
        )

    def _drop(self, ended: Callable[[Principal], bool]) -> None:
        gone = [key for key, entry in self._entries.items() if ended(entry.principal)]
        for key in gone:
            self._entries.pop(key, None)
