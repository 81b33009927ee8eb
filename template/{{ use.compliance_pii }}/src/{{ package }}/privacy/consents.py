"""What persons agreed to, with the proof of it (KVKK art. 5, GDPR art. 7)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from . import ledger, persons, trail
from .keys import LedgerKeys
from .models import Consent, ConsentState


async def state_consent(
    session: AsyncSession, keys: LedgerKeys, consent: Consent
) -> Consent:
    """Record what a person said; nothing is overwritten, a later statement counts.

    Args:
        session: The caller's transaction.
        keys: They seal the trail.
        consent: Who, what for, which version of the text, given or withdrawn, where.

    Raises:
        NotFoundError: There is no such person.
    """
    await persons.get(session, consent.person_id)
    session.add(consent)
    await session.flush()
    await trail.record(
        session,
        keys,
        f"consent_{consent.state}",
        subject=ledger.pseudonym(keys, "person", consent.person_id).hex(),
        purpose=consent.purpose,
        version=consent.version,
    )
    return consent


async def history(session: AsyncSession, person_id: UUID) -> Sequence[Consent]:
    """Return everything a person said, oldest first.

    Raises:
        NotFoundError: There is no such person.
    """
    await persons.get(session, person_id)
    found = await session.scalars(
        select(Consent).where(Consent.person_id == person_id).order_by(Consent.id)
    )
    return found.all()


async def consents_to(
    session: AsyncSession, person_id: UUID, purpose: str, *, version: str | None = None
) -> bool:
    """Say whether a person agrees to a purpose now; ask it before each use.

    Args:
        session: Reads the consents.
        person_id: Who.
        purpose: What for.
        version: Only if it was said about this version of the text.
    """
    last = await session.scalar(
        select(Consent)
        .where(Consent.person_id == person_id, Consent.purpose == purpose)
        .order_by(Consent.id.desc())
        .limit(1)
    )
    return (
        last is not None
        and last.state == ConsentState.GIVEN
        and version in {None, last.version}
    )
