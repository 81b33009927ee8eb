"""Signing in, staying signed in, signing out."""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from ..core.clock import Clock, utc_now
from ..core.errors import InvalidInputError
from ..core.logging import get_logger
from ..db.database import Database
from ..db.unit_of_work import UnitOfWork
from .config import AccountSettings
from .devices import Device, DeviceTokens
from .errors import (
    DryRunError,
    InvalidCredentialsError,
    InvalidTokenError,
    SignInLimitedError,
    WrongPasswordError,
)
from .events import Action, record
from .keys import KeyRing
from .models import RefreshToken, User, UserSession
from .passwords import Passwords
from .principal import Principal, still_allowed
from .repository import AccountRepository, live_scopes
from .schemas import TokenPair
from .throttle import SignInThrottle
from .tokens import AccessTokens, digest, new_refresh_token
from .verified import VerifiedTokens

_log = get_logger(__name__)


class SignedIn(NamedTuple):
    """What a sign-in gives.

    Attributes:
        tokens: What the caller may call with.
        device: What its device shows the next time.
    """

    tokens: TokenPair
    device: str


class AccountService:
    """Hands out tokens and says who a token speaks for.

    Attributes:
        passwords: Hashes and compares.
        throttle: Counts attempts to sign in.
        tokens: Signs and verifies access tokens.
    """

    def __init__(
        self,
        database: Database,
        settings: AccountSettings,
        keys: KeyRing,
        *,
        passwords: Passwords | None = None,
        clock: Clock = utc_now,
    ) -> None:
        """Wire the parts.

        Args:
            database: Where users and sessions are.
            settings: Lifetimes and limits.
            keys: What signs and verifies tokens.
            passwords: Cheaper hashing, for tests.
            clock: The present time, replaced in tests.
        """
        self._database = database
        self._clock = clock
        self._session_life = timedelta(days=settings.refresh_token_days)
        self.passwords = passwords or Passwords()
        self.throttle = SignInThrottle(settings, clock)
        self.tokens = AccessTokens(settings, keys, clock)
        self._devices = DeviceTokens(settings, keys, clock)
        self._verified = VerifiedTokens(settings)

    async def sign_in(
        self,
        name: str,
        password: str,
        *,
        address: str,
        device: str | None = None,
        scopes: Iterable[str] = (),
    ) -> SignedIn:
        """Exchange a name and a password for tokens.

        Args:
            name: Of the user, in any case.
            password: As it was typed.
            address: Network address of the caller, for its limit.
            device: Token of an earlier sign-in from the same device.
            scopes: Asks for less than the user may; empty asks for all.

        Raises:
            InvalidCredentialsError: Unknown name, wrong password or disabled user.
            InvalidInputError: The user has not all of the scopes.
            SignInLimitedError: Too many attempts.
            DryRunError: Nothing may be written now.
        """
        self._refuse_in_dry_run()
        name = name.lower()
        user, known = await self._count_attempt(name, address, device)
        stored = user.password_hash if user else None
        right = await self.passwords.verify(password, stored)
        if user is None or not right or user.disabled_at is not None:
            async with self._database.unit_of_work() as uow:
                failed = user.id if user else None
                await record(
                    uow.session, Action.SIGN_IN_FAILED, failed, address=address
                )
            raise InvalidCredentialsError
        granted = _granted(user, scopes)
        rehashed = await self._rehash(user, password)
        async with self._database.unit_of_work() as uow:
            if rehashed is not None:
                user = await uow.session.merge(user)
                user.password_hash = rehashed
            await self.throttle.succeeded(
                uow.session,
                name=name,
                address=address,
                device=known.id if known else None,
            )
            await record(uow.session, Action.SIGNED_IN, user.id, address=address)
            tokens = await self._open_session(uow, user.id, granted)
        return SignedIn(tokens, self._devices.issue(user.id, known))

    async def refresh(self, refresh_token: str) -> TokenPair:
        """Exchange a refresh token for the next pair.

        A token that comes a second time was stolen from one of its two users: the whole
        session ends.

        Raises:
            InvalidTokenError: It is unknown, used, expired or revoked.
            DryRunError: Nothing may be written now.
        """
        self._refuse_in_dry_run()
        now = self._clock()
        async with self._database.unit_of_work() as uow:
            accounts = AccountRepository(uow.session)
            key = digest(refresh_token)
            session_id = await accounts.use_refresh_token(key, now)
            if session_id is None:
                await self._end_if_reused(uow, key)
                pair = None
            else:
                live = await accounts.live_session(session_id, now)
                pair = await self._next_pair(uow, live) if live else None
        if pair is None:
            raise InvalidTokenError
        return pair

    async def revoke(self, refresh_token: str) -> None:
        """End the session of a refresh token; an unknown one is no error (RFC 7009).

        Raises:
            DryRunError: Nothing may be written now.
        """
        self._refuse_in_dry_run()
        async with self._database.unit_of_work() as uow:
            session = await AccountRepository(uow.session).session_of_token(
                digest(refresh_token)
            )
            if session is not None:
                await self._end(uow, session.id, session.user_id, Action.SIGNED_OUT)

    async def sign_out(self, principal: Principal) -> None:
        """End the session that the caller's token comes from; a key has none.

        Raises:
            DryRunError: Nothing may be written now.
        """
        self._refuse_in_dry_run()
        if principal.session_id is None:
            return
        async with self._database.unit_of_work() as uow:
            await self._end(uow, principal.session_id, principal.id, Action.SIGNED_OUT)

    async def change_password(
        self, principal: Principal, current: str, new: str, *, address: str
    ) -> None:
        """Replace a user's own password and end the user's other sessions.

        The present password is asked for, and counted like an attempt to sign in from a
        device of its own, the session: a stolen token is not enough, does not help to
        guess, and locks nobody out.

        Args:
            principal: The user, in the session that goes on.
            current: The present password.
            new: The one that replaces it.
            address: Network address of the caller, for its limit.

        Raises:
            WrongPasswordError: The present password is another.
            WeakPasswordError: The new one is too short, too long or easy to guess.
            InvalidTokenError: The user or the session has gone.
            SignInLimitedError: Too many attempts.
            DryRunError: Nothing may be written now.
        """
        self._refuse_in_dry_run()
        user = await self.user(principal.id)
        own = principal.session_id
        await self._count(user.name, address, own)
        if not await self.passwords.verify(current, user.password_hash):
            async with self._database.unit_of_work() as uow:
                failed = Action.SIGN_IN_FAILED
                await record(uow.session, failed, user.id, address=address)
            raise WrongPasswordError
        made = await self.passwords.hash(new)
        async with self._database.unit_of_work() as uow:
            accounts = AccountRepository(uow.session)
            replaced = await accounts.replace_password(user, made)
            if not replaced:
                raise InvalidTokenError
            await accounts.revoke_sessions_of(user.id, self._clock(), but=own)
            await self.throttle.succeeded(
                uow.session, name=user.name, address=address, device=own
            )
            await record(uow.session, Action.PASSWORD_SET, user.id, address=address)
        self._verified.forget_user(user.id, but=own)

    async def authenticate(self, token: str) -> Principal:
        """Say who an access token speaks for.

        Raises:
            InvalidTokenError: It is damaged, expired or revoked, or its user disabled.
        """
        entry = self._verified.find(token)
        if entry is not None and self._verified.is_trusted(entry):
            return entry.principal
        claims = self.tokens.verify(token)
        async with self._database.reader() as reader:
            scopes = await live_scopes(
                reader.session, claims.session_id, claims.user_id, self._clock()
            )
        if scopes is None:
            self._verified.forget(token)
            raise InvalidTokenError
        principal = Principal(
            id=claims.user_id,
            scopes=still_allowed(claims.scopes, scopes),
            session_id=claims.session_id,
        )
        self._verified.remember(token, principal, claims.expires_at)
        return principal

    def known_user(self, token: str) -> UUID | None:
        """Return the user of a token verified before, without asking anyone."""
        entry = self._verified.find(token)
        return entry.principal.id if entry else None

    async def user(self, user_id: UUID) -> User:
        """Return a user.

        Raises:
            InvalidTokenError: The user has gone.
        """
        async with self._database.unit_of_work() as uow:
            user = await AccountRepository(uow.session).by_id(user_id)
        if user is None:
            raise InvalidTokenError
        return user

    def _refuse_in_dry_run(self) -> None:
        if self._database.dry_run:
            message = "This is a dry run: sessions and passwords stay as they are."
            hint = "API keys and tokens made before it can be used to look around."
            raise DryRunError(message, hint=hint)

    async def _count_attempt(
        self, name: str, address: str, token: str | None
    ) -> tuple[User | None, Device | None]:
        """Count an attempt to sign in.

        Returns:
            The user of this name, and the device if it is one of this user's.
        """
        device = self._devices.read(token)
        async with self._database.unit_of_work() as uow:
            user = await AccountRepository(uow.session).by_name(name)
        theirs = user is not None and device and device.user_id == user.id
        known = device if theirs else None
        await self._count(name, address, known.id if known else None)
        return user, known

    async def _count(self, name: str, address: str, device: UUID | None) -> None:
        """Count in a transaction of its own, which a refusal must not undo."""
        refused: SignInLimitedError | None = None
        async with self._database.unit_of_work() as uow:
            try:
                await self.throttle.count(
                    uow.session, name=name, address=address, device=device
                )
            except SignInLimitedError as error:
                refused = error
        if refused is not None:
            raise refused

    async def _rehash(self, user: User, password: str) -> str | None:
        """Hash again when the parameters have become stronger."""
        if not self.passwords.outdated(user.password_hash):
            return None
        return await self.passwords.hash(password)

    async def _open_session(
        self, uow: UnitOfWork, user_id: UUID, scopes: list[str]
    ) -> TokenPair:
        now = self._clock()
        accounts = AccountRepository(uow.session)
        await accounts.prune_sessions(now)
        session = UserSession(
            user_id=user_id,
            scopes=scopes,
            created_at=now,
            expires_at=now + self._session_life,
        )
        await accounts.add(session)
        return await self._pair(accounts, session, scopes)

    async def _next_pair(
        self, uow: UnitOfWork, live: tuple[UserSession, User]
    ) -> TokenPair:
        session, user = live
        scopes = sorted(still_allowed(session.scopes, user.scopes))
        return await self._pair(AccountRepository(uow.session), session, scopes)

    async def _pair(
        self, accounts: AccountRepository, session: UserSession, scopes: list[str]
    ) -> TokenPair:
        token, key = new_refresh_token()
        await accounts.add(
            RefreshToken(
                token_digest=key, session_id=session.id, created_at=self._clock()
            )
        )
        return TokenPair(
            access_token=self.tokens.issue(session.user_id, session.id, scopes),
            expires_in=int(self.tokens.lifetime.total_seconds()),
            refresh_token=token,
            scope=" ".join(sorted(scopes)),
        )

    async def _end_if_reused(self, uow: UnitOfWork, key: bytes) -> None:
        session = await AccountRepository(uow.session).session_of_token(key)
        if session is not None and session.revoked_at is None:
            _log.warning("refresh token reused", session_id=str(session.id))
            await self._end(uow, session.id, session.user_id, Action.REFRESH_REUSED)

    async def _end(
        self, uow: UnitOfWork, session_id: UUID, user_id: UUID, action: Action
    ) -> None:
        """End a session; the trail has one line about it, however often it is asked."""
        accounts = AccountRepository(uow.session)
        if await accounts.revoke_session(session_id, self._clock()):
            await record(uow.session, action, user_id)
        self._verified.forget_session(session_id)


def _granted(user: User, wanted: Iterable[str]) -> list[str]:
    """Return the scopes that a sign-in gets: those asked for, or all."""
    asked = list(wanted)
    missing = sorted(set(asked) - still_allowed(asked, user.scopes))
    if missing:
        message = f"The user has no scope {', '.join(missing)}."
        raise InvalidInputError(message)
    return asked or list(user.scopes)
