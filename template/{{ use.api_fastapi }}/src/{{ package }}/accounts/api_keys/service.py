"""Says which service an API key speaks for."""

import secrets
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from ...core.clock import Clock, utc_now
from ...core.logging import get_logger
from ...db.database import Database
from ..config import AccountSettings
from ..errors import InvalidApiKeyError
from ..principal import Principal
from ..tokens import digest
from ..verified import VerifiedTokens
from .repository import LiveKey, live_key, note_use
from .text import id_in

_log = get_logger(__name__)

_NOTED_EVERY: Final = timedelta(hours=1)
_WARNED_BEFORE: Final = timedelta(days=14)


class ApiKeys:
    """Verifies keys, and remembers them as tokens are remembered."""

    def __init__(
        self, database: Database, settings: AccountSettings, clock: Clock = utc_now
    ) -> None:
        """Wire the parts.

        Args:
            database: Where the keys are.
            settings: How many are remembered, and for how long.
            clock: The present time, replaced in tests.
        """
        self._database = database
        self._clock = clock
        self._verified = VerifiedTokens(settings)

    async def authenticate(self, api_key: str) -> Principal:
        """Say which service a key speaks for.

        Raises:
            InvalidApiKeyError: It is unknown, expired or revoked, or its owner is
                disabled; the answer never says which.
        """
        entry = self._verified.find(api_key)
        if entry is not None and self._verified.is_trusted(entry):
            return entry.principal
        key_id, now = id_in(api_key), self._clock()
        key = await self._find(key_id, now) if key_id else None
        ends_at = _end_of(key, api_key) if key else None
        if key_id is None or key is None or ends_at is None:
            self._verified.forget(api_key)
            _log.warning("key refused", key_id=str(key_id) if key_id else None)
            raise InvalidApiKeyError
        principal = Principal(id=key_id, scopes=key.scopes)
        self._verified.remember(api_key, principal, ends_at.timestamp())
        if key.last_used_at is None or now - key.last_used_at >= _NOTED_EVERY:
            await self._note_use(key_id, now, ends_at)
        return principal

    def known_key(self, api_key: str) -> UUID | None:
        """Return the id of a key verified before, without asking anyone."""
        entry = self._verified.find(api_key)
        return entry.principal.id if entry else None

    async def _find(self, key_id: UUID, now: datetime) -> LiveKey | None:
        async with self._database.reader() as reader:
            return await live_key(reader.session, key_id, now)

    async def _note_use(self, key_id: UUID, now: datetime, ends_at: datetime) -> None:
        """Write once an hour at most what a write for each request would not be worth.

        So the log also says in time that a key should be rotated.
        """
        async with self._database.unit_of_work() as uow:
            await note_use(uow.session, key_id, now)
        if ends_at - now < _WARNED_BEFORE:
            _log.warning(
                "key ends soon", key_id=str(key_id), ends_at=ends_at.isoformat()
            )


def _end_of(key: LiveKey, api_key: str) -> datetime | None:
    """Return when this text of a key ends; nothing when it is not accepted.

    256 random bits cannot be guessed, so a fast hash protects them: Argon2 would add
    50 ms to a call and nothing to its safety. The comparison takes the same time
    wherever two digests differ.
    """
    given = digest(api_key)
    for stored, ends_at in key.accepted:
        if secrets.compare_digest(stored, given):
            return ends_at
    return None
