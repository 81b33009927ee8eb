"""What the command line does with API keys; the API can do none of it."""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from ...core.clock import Clock, utc_now
from ...core.errors import InvalidInputError
from ...core.ids import new_id
from ...db.unit_of_work import UnitOfWork
from ..errors import ApiKeyExistsError, ApiKeyNotFoundError, UserNotFoundError
from ..events import Action, record
from ..models import User
from ..principal import still_allowed
from ..repository import AccountRepository
from ..tokens import digest
from .models import ApiKey
from .repository import all_keys, by_name
from .text import new_api_key

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}")
_LISTED: Final = 1000


class ApiKeyAdministration:
    """Makes, lists, rotates and revokes keys, inside the caller's transaction."""

    def __init__(self, clock: Clock = utc_now) -> None:
        """Take the present time, replaced in tests."""
        self._clock = clock

    async def create(
        self,
        uow: UnitOfWork,
        name: str,
        *,
        owner: str,
        scopes: Iterable[str],
        life: timedelta,
    ) -> str:
        """Make a key.

        Args:
            uow: The caller's transaction.
            name: Of the service that will call.
            owner: The user who answers for it.
            scopes: What it may do; its owner must be allowed to.
            life: How long it counts.

        Returns:
            The key; nobody can read it again.

        Raises:
            ApiKeyExistsError: A key has or had this name.
            InvalidInputError: No such name is possible, or the owner lacks a scope.
            UserNotFoundError: There is no such owner.
        """
        if not _NAME.fullmatch(name):
            message = f"{name!r} is no name of a key."
            hint = "Use small letters, digits and . _ -, at least two."
            raise InvalidInputError(message, hint=hint)
        if await by_name(uow.session, name) is not None:
            message = f"There is a key {name} already."
            raise ApiKeyExistsError(message, hint="`api-keys rotate` renews it.")
        user, wanted = await _user(uow, owner), sorted(set(map(str, scopes)))
        _refuse_more(user, wanted)
        key_id = new_id()
        api_key = new_api_key(key_id)
        key = ApiKey(
            id=key_id,
            name=name,
            owner_id=user.id,
            scopes=wanted,
            key_digest=digest(api_key),
            expires_at=self._clock() + life,
        )
        uow.session.add(key)
        await uow.session.flush()
        await record(uow.session, Action.API_KEY_CREATED, user.id, key_id=key_id)
        return api_key

    async def keys(self, uow: UnitOfWork) -> Sequence[tuple[ApiKey, User]]:
        """Return the first thousand keys by name, each with its owner."""
        return await all_keys(uow.session, limit=_LISTED)

    async def rotate(
        self,
        uow: UnitOfWork,
        name: str,
        *,
        life: timedelta,
        overlap: timedelta,
        owner: str | None = None,
    ) -> str:
        """Replace a key's text; what it made stays its own.

        Args:
            uow: The caller's transaction.
            name: Of the key.
            life: How long the new text counts.
            overlap: How long the old one is accepted beside it.
            owner: Who answers for it from now on.

        Returns:
            The new text; nobody can read it again.

        Raises:
            ApiKeyNotFoundError: There is no such key.
            InvalidInputError: The new owner lacks a scope of the key.
            UserNotFoundError: There is no such owner.
        """
        key, now = await _find(uow, name), self._clock()
        if owner is not None:
            user = await _user(uow, owner)
            _refuse_more(user, key.scopes)
            key.owner_id = user.id
        api_key = new_api_key(key.id)
        key.earlier_digest = key.key_digest
        key.earlier_until = min(key.expires_at, now + overlap)
        key.key_digest, key.expires_at = digest(api_key), now + life
        await record(uow.session, Action.API_KEY_ROTATED, key.owner_id, key_id=key.id)
        return api_key

    async def revoke(self, uow: UnitOfWork, name: str) -> None:
        """End a key for good; every worker knows after `TOKEN_RECHECK_SECONDS`.

        Raises:
            ApiKeyNotFoundError: There is no such key.
        """
        key = await _find(uow, name)
        key.revoked_at = self._clock()
        await record(uow.session, Action.API_KEY_REVOKED, key.owner_id, key_id=key.id)


async def _find(uow: UnitOfWork, name: str) -> ApiKey:
    key = await by_name(uow.session, name)
    if key is None or key.revoked_at is not None:
        message = f"There is no key {name} that counts."
        raise ApiKeyNotFoundError(message, hint="`api-keys list` shows all.")
    return key


async def _user(uow: UnitOfWork, name: str) -> User:
    user = await AccountRepository(uow.session).by_name(name.lower())
    if user is None:
        message = f"There is no user {name} who could answer for a key."
        raise UserNotFoundError(message, hint="`users list` shows all.")
    return user


def _refuse_more(owner: User, scopes: Iterable[str]) -> None:
    """Refuse what the owner may not do: a key is no way around that."""
    wanted = frozenset(scopes)
    lacking = sorted(wanted - still_allowed(wanted, owner.scopes))
    if lacking:
        message = f"{owner.name} has no scope {', '.join(lacking)}."
        raise InvalidInputError(message, hint="Nobody can lend what they lack.")
