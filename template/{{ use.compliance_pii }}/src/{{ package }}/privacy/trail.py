"""The audit trail: append-only in the database, and each line seals the one before it.

A seal is a keyed digest over the line and the seal before it. Whoever changes, removes
or inserts a line without the key leaves a chain that does not verify; a trail whose end
was cut off lacks a seal that an earlier log line or backup shows.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from ..core.clock import utc_now
from ..core.context import current
from ..core.logging import get_logger
from .errors import TrailBrokenError
from .keys import LedgerKeys
from .models import PRIVACY_EVENTS

_log = get_logger(__name__)

# Any number that nothing else locks; it spells "privacy" in ASCII.
_LOCK: Final = 0x70726976616379
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Verified:
    """What a whole trail looks like.

    Attributes:
        lines: How many it has.
        seal: The last one, hexadecimal; note it elsewhere to notice a cut-off end.
    """

    lines: int
    seal: str


async def record(
    session: AsyncSession,
    keys: LedgerKeys,
    action: str,
    *,
    subject: str | None = None,
    **details: object,
) -> None:
    """Add a line, in the transaction of what it reports.

    Args:
        session: The caller's transaction.
        keys: They seal the line.
        action: What happens, such as `erased`.
        subject: Pseudonym of the person.
        details: Counts and names of things; never personal.
    """
    await session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    last = (
        await session.execute(
            select(PRIVACY_EVENTS.c.number, PRIVACY_EVENTS.c.seal)
            .order_by(PRIVACY_EVENTS.c.number.desc())
            .limit(1)
        )
    ).first()
    number, before = (last[0] + 1, last[1]) if last else (1, b"")
    context = current()
    body: dict[str, object] = {
        "at": utc_now().isoformat(),
        "action": action,
        "subject": subject,
        "actor": context.actor,
        "request_id": context.request_id,
        "details": details,
    }
    seal = keys.digest(_sealed(number, body, before))
    await session.execute(
        insert(PRIVACY_EVENTS).values(number=number, body=body, seal=seal)
    )
    _log.info("privacy_event", action=action, number=number, seal=seal.hex())


async def verify(
    session: AsyncSession, keys: LedgerKeys, *, expected: str | None = None
) -> Verified:
    """Check every seal from the first line on.

    Args:
        session: Reads the trail.
        keys: Those that may have sealed it.
        expected: A seal noted earlier, which must still be there.

    Raises:
        TrailBrokenError: A line was changed, removed or inserted.
    """
    before = b""
    lines = 0
    seen = expected is None
    rows = await session.stream(
        select(PRIVACY_EVENTS)
        .order_by(PRIVACY_EVENTS.c.number)
        .execution_options(yield_per=_AT_ONCE)
    )
    async for number, body, seal in rows:
        lines += 1
        if number != lines or seal not in keys.digests(_sealed(number, body, before)):
            message = f"The trail does not verify at its line {lines}."
            hint = "Compare it with the latest backup: see the runbook on requests."
            raise TrailBrokenError(message, hint=hint)
        before = seal
        seen = seen or seal.hex() == expected
    if not seen:
        message = "The trail has no line with the expected seal: its end is missing."
        raise TrailBrokenError(message)
    return Verified(lines, before.hex())


def _sealed(number: int, body: dict[str, Any], before: bytes) -> str:
    return json.dumps([number, body, before.hex()], sort_keys=True)
