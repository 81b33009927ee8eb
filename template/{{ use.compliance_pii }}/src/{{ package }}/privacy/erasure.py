"""Erases a person everywhere, and again after a restore (KVKK art. 7, GDPR art. 17)."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.ext.asyncio import AsyncSession

from ..core.logging import get_logger
from ..core.settings import Settings
from ..db.database import Database
from ..db.models import METADATA
from . import ledger, persons, trail
from .holders import Kind, Subject
from .keys import LedgerKeys, load_keys
from .registry import HOLDERS, IDENTITIES

_log = get_logger(__name__)


class Eraser:
    """Erases persons from one database and everything beside it."""

    def __init__(self, settings: Settings, database: Database) -> None:
        """Take the places; the keys are read when they are needed."""
        self._settings = settings
        self._database = database
        self._file = ledger.ledger_file(settings, settings.base_dir)

    @property
    def _keys(self) -> LedgerKeys:
        return load_keys(self._settings, self._settings.base_dir)

    async def erase(self, person_id: UUID, *, shared: bool = False) -> dict[str, int]:
        """Delete everything about a person for good.

        The ledger's file is written first: if the process dies before the transaction
        commits, the next start finishes what was asked for.

        Args:
            person_id: Who.
            shared: Whether documents go that are about somebody else too.

        Returns:
            What was removed, by section.

        Raises:
            NotFoundError: There is no such person.
            OSError: The ledger's file cannot be written; nothing was erased.
            SharedDocumentsError: Documents are shared and `shared` is not set.
        """
        keys = self._keys
        async with self._database.unit_of_work(report=True) as uow:
            subject = await persons.subject_of(uow.session, person_id)
            if not shared:
                await persons.refuse_shared(uow.session, subject)
            entries = ledger.erasures_of(keys, subject)
            if self._settings.dry_run_mode:
                _log.info("dry_run_erasure", documents=len(subject.documents))
                return {}
            await ledger.write_file(self._file, entries)
            return await self._remove(uow.session, keys, "erased", subject, entries)

    async def preview(self, person_id: UUID) -> Subject:
        """Tell what an erasure would concern.

        Raises:
            NotFoundError: There is no such person.
        """
        async with self._database.unit_of_work() as uow:
            return await persons.subject_of(uow.session, person_id)

    async def reapply(self, *, everything: bool = False) -> dict[str, int]:
        """Erase again what a restored backup has brought back.

        Args:
            everything: Whether to look for all entries, not only for those that the
                database does not know.

        Returns:
            What was removed, by section; empty when there was nothing to do.
        """
        entries = await ledger.read_file(self._file)
        async with self._database.unit_of_work(report=True) as uow:
            stored = await ledger.read_table(uow.session)
            known = {one.digest for one in stored}
            missing = [one for one in entries if everything or one.digest not in known]
            if not self._settings.dry_run_mode:
                await self._complete_file(entries, stored)
            if not missing or self._settings.dry_run_mode:
                return {}
            keys = self._keys
            subject = await self._returned(uow.session, keys, missing)
            return await self._remove(uow.session, keys, "reapplied", subject, missing)

    async def _remove(
        self,
        session: AsyncSession,
        keys: LedgerKeys,
        action: str,
        subject: Subject,
        entries: Sequence[ledger.Erasure],
    ) -> dict[str, int]:
        removed: Counter[str] = Counter()
        for holder in HOLDERS:
            removed[holder.section] += await holder.erase(session, subject)
        await ledger.write_table(session, entries)
        done = {section: count for section, count in removed.items() if count}
        who: list[str | None] = [
            ledger.pseudonym(keys, "person", one).hex() for one in subject.persons
        ]
        for name in who or [None]:
            await trail.record(session, keys, action, subject=name, removed=done)
        return done

    async def _returned(
        self,
        session: AsyncSession,
        keys: LedgerKeys,
        entries: Sequence[ledger.Erasure],
    ) -> Subject:
        """Find what the entries stand for."""
        found: dict[Kind, frozenset[UUID]] = {}
        for kind, name in IDENTITIES.items():
            digests = {one.digest for one in entries if one.kind == kind}
            if digests:
                column: Column[UUID] = METADATA.tables[name].columns["id"]
                found[kind] = await ledger.recognised(
                    session, keys, kind, column, digests
                )
        gathered = [
            await persons.subject_of(session, one)
            for one in found.get("person", frozenset())
        ]
        return Subject(
            persons=found.get("person", frozenset()),
            documents=found.get("document", frozenset()),
            accounts=found.get("account", frozenset()).union(
                *(one.accounts for one in gathered)
            ),
            needles=frozenset[str]().union(*(one.needles for one in gathered)),
        )

    async def _complete_file(
        self, entries: Sequence[ledger.Erasure], stored: Sequence[ledger.Erasure]
    ) -> None:
        """Write into the file what only the database knows, as on a new host."""
        there = {one.digest for one in entries}
        if lacking := [one for one in stored if one.digest not in there]:
            await ledger.write_file(self._file, lacking)
            _log.warning("ledger_completed", entries=len(lacking))
