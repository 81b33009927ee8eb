"""Exactly one of all workers runs the schedule: who holds a lock in PostgreSQL."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Final

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from ..core.errors import UnavailableError
from ..core.logging import get_logger
from ..db.errors import connecting

if TYPE_CHECKING:
    from ..bootstrap import Container

type Duty = Callable[[asyncio.Event], Awaitable[None]]

# Any number, the same in every worker of this service.
_LOCK: Final = 7_203_481
_logger = get_logger(__name__)


async def while_leading(
    container: "Container",
    stop: asyncio.Event,
    duty: Duty,
    *,
    retry_seconds: float = 5,
) -> None:
    """Run a duty while this process holds the lock; others wait for their turn.

    The lock belongs to a connection: when its process or its network dies, PostgreSQL
    gives it to the next.

    Args:
        container: The parts of the service.
        stop: Once set, the duty ends and the lock is given back.
        duty: Runs until the event that it is given is set.
        retry_seconds: Pause between two tries for the lock, and between two looks
            whether it is still held.
    """
    while not stop.is_set():
        try:
            with connecting():
                connection = await container.database.engine.connect()
            async with aclosing(connection):
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                if await _try_lock(connection):
                    await _lead(connection, stop, duty, retry_seconds)
        except (SQLAlchemyError, OSError, UnavailableError) as error:
            _logger.warning("leader_lost", reason=type(error).__name__)
        await _pause(stop, retry_seconds)


async def _try_lock(connection: AsyncConnection) -> bool:
    taken = await connection.scalar(
        text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK}
    )
    return bool(taken)


async def _lead(
    connection: AsyncConnection, stop: asyncio.Event, duty: Duty, seconds: float
) -> None:
    _logger.info("leader_won")
    ended = asyncio.Event()
    work = asyncio.ensure_future(duty(ended))
    try:
        while not stop.is_set() and not work.done():
            await _pause(stop, seconds)
            await connection.execute(text("SELECT 1"))  # raises when the lock is gone
    finally:
        ended.set()
        await work
    await connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
