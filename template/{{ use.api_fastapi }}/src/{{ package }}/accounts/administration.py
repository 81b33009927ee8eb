"""What the command line does with users; the API can do none of it.

Users are made here only: nobody becomes one, or an admin, by being the first to call.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from ..core.clock import Clock, utc_now
from ..core.errors import InvalidInputError
from ..db.unit_of_work import UnitOfWork
from .errors import UserExistsError, UserNotFoundError
from .events import Action, record
from .models import User
from .passwords import Passwords
from .principal import Scope
from .repository import AccountRepository
from .throttle import SignInThrottle

DEFAULT_SCOPES: Final = (Scope.DOCUMENTS_READ, Scope.DOCUMENTS_WRITE)
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,253}")
_LISTED: Final = 1000


class UserAdministration:
    """Makes, lists, disables and unlocks users, inside the caller's transaction."""

    def __init__(
        self, passwords: Passwords, throttle: SignInThrottle, clock: Clock = utc_now
    ) -> None:
        """Take the hashing and the counts of attempts."""
        self._passwords = passwords
        self._throttle = throttle
        self._clock = clock

    async def create(
        self,
        uow: UnitOfWork,
        name: str,
        password: str,
        scopes: Iterable[str] = DEFAULT_SCOPES,
    ) -> User:
        """Make a user.

        Raises:
            InvalidInputError: The name has characters that names do not have.
            UserExistsError: The name is taken.
            WeakPasswordError: The password is too short or too long.
        """
        name = name.lower()
        if not _NAME.fullmatch(name):
            message = f"{name!r} is no user name."
            raise InvalidInputError(
                message, hint="Use letters, digits and . _ @ + -, at least two."
            )
        accounts = AccountRepository(uow.session)
        if await accounts.by_name(name) is not None:
            message = f"There is a user {name} already."
            raise UserExistsError(message)
        user = User(
            name=name,
            password_hash=await self._passwords.hash(password),
            scopes=sorted({str(scope) for scope in scopes}),
        )
        await accounts.add(user)
        await record(uow.session, Action.USER_CREATED, user.id)
        return user

    async def users(self, uow: UnitOfWork) -> Sequence[User]:
        """Return the first thousand users by name."""
        return await AccountRepository(uow.session).all_users(limit=_LISTED)

    async def set_password(self, uow: UnitOfWork, name: str, password: str) -> None:
        """Replace a password and end all sessions of the user.

        Raises:
            UserNotFoundError: There is no such user.
            WeakPasswordError: The password is too short or too long.
        """
        user = await self._find(uow, name)
        user.password_hash = await self._passwords.hash(password)
        await self._throttle.forget(uow.session, user.name)
        await self._end_sessions(uow, user)
        await record(uow.session, Action.PASSWORD_SET, user.id)

    async def set_scopes(
        self, uow: UnitOfWork, name: str, scopes: Iterable[str]
    ) -> None:
        """Replace what a user may do; sessions that are open lose what is gone.

        Raises:
            UserNotFoundError: There is no such user.
        """
        user = await self._find(uow, name)
        user.scopes = sorted({str(scope) for scope in scopes})
        await record(uow.session, Action.SCOPES_SET, user.id)

    async def disable(self, uow: UnitOfWork, name: str) -> None:
        """Shut a user out and end all sessions.

        Raises:
            UserNotFoundError: There is no such user.
        """
        user = await self._find(uow, name)
        user.disabled_at = user.disabled_at or self._clock()
        await self._end_sessions(uow, user)
        await record(uow.session, Action.USER_DISABLED, user.id)

    async def enable(self, uow: UnitOfWork, name: str) -> None:
        """Let a user in again.

        Raises:
            UserNotFoundError: There is no such user.
        """
        user = await self._find(uow, name)
        user.disabled_at = None
        await record(uow.session, Action.USER_ENABLED, user.id)

    async def unlock(self, uow: UnitOfWork, name: str) -> None:
        """Forget the failed attempts of a user.

        Raises:
            UserNotFoundError: There is no such user.
        """
        user = await self._find(uow, name)
        await self._throttle.forget(uow.session, user.name)
        await record(uow.session, Action.USER_UNLOCKED, user.id)

    async def _find(self, uow: UnitOfWork, name: str) -> User:
        user = await AccountRepository(uow.session).by_name(name.lower())
        if user is None:
            message = f"There is no user {name}."
            raise UserNotFoundError(message, hint="`users list` shows all.")
        return user

    async def _end_sessions(self, uow: UnitOfWork, user: User) -> None:
        accounts = AccountRepository(uow.session)
        await accounts.revoke_sessions_of(user.id, self._clock())
