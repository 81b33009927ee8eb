"""`Idempotency-Key`: a repeated request is answered, not carried out again.

The key is inserted first and the answer stored last, in the transaction of the work
itself. So there is no state "in progress" that a crash could leave behind: either both
the work and its answer exist, or neither. A twin that arrives meanwhile waits at the
unique key and then gets the first one's answer, or does the work if that one failed.
"""

import hashlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Header
from pydantic import BaseModel, WithJsonSchema
from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from ..accounts.principal import Principal
from ..core.clock import Clock, utc_now
from ..core.errors import InvalidInputError
from ..db.database import Database
from ..db.unit_of_work import UnitOfWork
from .config import ApiSettings
from .errors import IdempotencyConflictError
from .models import IdempotencyKey

REPLAYED_HEADER: Final = "Idempotency-Replayed"
_KEPT_HEADERS: Final = ("content-type", "etag", "location")
_PRUNED_AT_ONCE: Final = 20

type _Place = tuple[UUID, str, UUID]
type Work = Callable[[UnitOfWork], Awaitable[Response]]


class Idempotency:
    """Carries out work once for each key of a caller and route."""

    def __init__(
        self, database: Database, settings: ApiSettings, clock: Clock = utc_now
    ) -> None:
        """Take the database of the work itself; `clock` is replaced in tests."""
        self._database = database
        self._life = timedelta(hours=settings.idempotency_hours)
        self._refused = timedelta(days=settings.idempotency_refuse_days)
        self._clock = clock

    async def once(
        self,
        key: UUID | None,
        *,
        principal: Principal,
        route: str,
        payload: BaseModel,
        work: Work,
    ) -> Response:
        """Do the work, or give the answer of the first time.

        Args:
            key: What the caller chose; without one the work is simply done.
            principal: Whose key it is.
            route: Method and path.
            payload: The validated body; another body with the same key is refused.
            work: Does it in the given transaction. An error undoes it and frees the
                key, so that a repetition tries again.

        Returns:
            The answer, marked by a header when it is a repeated one.

        Raises:
            IdempotencyConflictError: The key came with another body, or has expired.
        """
        async with self._database.unit_of_work() as uow:
            if key is None:
                return await work(uow)
            digest = hashlib.sha256(payload.model_dump_json().encode()).digest()
            place = (principal.id, route, key)
            if not await self._claim(uow.session, place, digest):
                return self._replay(await _stored(uow.session, place), digest)
            response = await work(uow)
            await _store(uow.session, place, response)
            return response

    async def _claim(self, session: AsyncSession, place: _Place, digest: bytes) -> bool:
        """Insert the key; waits while a twin with the same key is at work."""
        now = self._clock()
        await _prune(session, now)
        user_id, route, key = place
        claimed = await session.execute(
            insert(IdempotencyKey)
            .values(
                user_id=user_id,
                route=route,
                key=key,
                request_digest=digest,
                status=0,
                headers={},
                body=b"",
                expires_at=now + self._life,
                forget_at=now + self._life + self._refused,
            )
            .on_conflict_do_nothing()
            .returning(IdempotencyKey.key)
        )
        return claimed.first() is not None

    def _replay(self, stored: IdempotencyKey, digest: bytes) -> Response:
        if stored.expires_at <= self._clock():
            message = "The idempotency key has expired."
            raise IdempotencyConflictError(message, hint="Use a new one.")
        if stored.request_digest != digest:
            message = "The idempotency key was used for another request."
            raise IdempotencyConflictError(message, hint="Use a new one.")
        headers = stored.headers | {REPLAYED_HEADER: "true"}
        return Response(stored.body, stored.status, headers)


async def _stored(session: AsyncSession, place: _Place) -> IdempotencyKey:
    return await session.get_one(IdempotencyKey, place, populate_existing=True)


async def _store(session: AsyncSession, place: _Place, response: Response) -> None:
    row = await _stored(session, place)
    row.status = response.status_code
    row.body = bytes(response.body)
    row.headers = {
        name: response.headers[name]
        for name in _KEPT_HEADERS
        if name in response.headers
    }


async def _prune(session: AsyncSession, now: datetime) -> None:
    """Delete a few forgotten keys, so that the table needs no other care."""
    row = tuple_(IdempotencyKey.user_id, IdempotencyKey.route, IdempotencyKey.key)
    old = (
        select(IdempotencyKey.user_id, IdempotencyKey.route, IdempotencyKey.key)
        .where(IdempotencyKey.forget_at <= now)
        .limit(_PRUNED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    await session.execute(delete(IdempotencyKey).where(row.in_(old)))


async def _parse_key(
    idempotency_key: Annotated[
        Annotated[str, WithJsonSchema({"type": "string", "format": "uuid"})] | None,
        Header(
            description="A UUID chosen by the caller for this one operation; repeating "
            "the request with it returns the first answer.",
            examples=["5f0c7a9e-3f9b-4b8e-9d57-0a3b1f0d6c11"],
            max_length=64,
        ),
    ] = None,
) -> UUID | None:
    if idempotency_key is None:
        return None
    with suppress(ValueError):
        key = UUID(idempotency_key)
        # Python also reads other spellings, which the contract does not have.
        if str(key) == idempotency_key.lower():
            return key
    message = "Idempotency-Key is not a UUID."
    raise InvalidInputError(message, hint="Make a new one for each operation.")


async def _idempotency(request: Request) -> Idempotency:
    idempotency: Idempotency = request.app.state.idempotency
    return idempotency


IdempotencyKeyHeader = Annotated[UUID | None, Depends(_parse_key)]
IdempotencyDependency = Annotated[Idempotency, Depends(_idempotency)]
