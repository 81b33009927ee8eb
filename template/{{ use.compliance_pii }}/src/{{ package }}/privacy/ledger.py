"""What was erased, kept where a restored backup cannot undo it.

Every erased identifier leaves a keyed digest in a table and, before the transaction
commits, in a file outside the database. A restored database lacks the newer ones: the
file has them, so what they stand for is found and erased again. Without the key a
digest names nobody.
"""

import asyncio
import errno
import json
import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import Column, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..core.clock import utc_now
from .config import PrivacySettings
from .holders import Kind, Subject
from .keys import LedgerKeys
from .models import ERASURES

_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Erasure:
    """One erased identifier.

    Attributes:
        digest: Keyed digest of the kind and the identifier.
        kind: Of what.
        at: When, UTC.
    """

    digest: bytes
    kind: str
    at: datetime


def ledger_file(settings: PrivacySettings, base_dir: Path) -> Path:
    """Say where the file is."""
    return settings.privacy_ledger_file or base_dir / "privacy" / "erasures.jsonl"


def pseudonym(keys: LedgerKeys, kind: Kind, identifier: UUID) -> bytes:
    """Return what stands for an identifier in the ledger and the trail."""
    return keys.digest(f"{kind}:{identifier}")


def erasures_of(keys: LedgerKeys, subject: Subject) -> list[Erasure]:
    """Return the entries for everything that is erased with a person."""
    now = utc_now()
    return [
        Erasure(pseudonym(keys, kind, identifier), kind, now)
        for kind, identifiers in subject.identities.items()
        for identifier in sorted(identifiers)
    ]


async def write_file(file: Path, entries: Sequence[Erasure]) -> None:
    """Append entries and wait until they are on the disk.

    Raises:
        OSError: The disk refuses; nothing may be erased then.
    """
    await asyncio.to_thread(_append, file, entries)


async def read_file(file: Path) -> list[Erasure]:
    """Read all entries; a last line that a crash has cut off is left out."""
    return await asyncio.to_thread(_read, file)


async def write_table(session: AsyncSession, entries: Sequence[Erasure]) -> None:
    """Store entries beside what they are about."""
    if entries:
        await session.execute(
            insert(ERASURES).on_conflict_do_nothing(),
            [
                {"digest": one.digest, "kind": one.kind, "erased_at": one.at}
                for one in entries
            ],
        )


async def read_table(session: AsyncSession) -> list[Erasure]:
    """Read all entries of the database."""
    rows = await session.execute(
        select(ERASURES.c.digest, ERASURES.c.kind, ERASURES.c.erased_at)
    )
    return [Erasure(digest, kind, at) for digest, kind, at in rows]


async def recognised(
    session: AsyncSession,
    keys: LedgerKeys,
    kind: Kind,
    column: Column[UUID],
    digests: Collection[bytes],
) -> frozenset[UUID]:
    """Return the identifiers in a column that stand in the ledger."""
    found: set[UUID] = set()
    rows = await session.stream(select(column).execution_options(yield_per=_AT_ONCE))
    async for (identifier,) in rows:
        if any(one in digests for one in keys.digests(f"{kind}:{identifier}")):
            found.add(identifier)
    return frozenset(found)


def _append(file: Path, entries: Iterable[Erasure]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(
        json.dumps(
            {"kind": one.kind, "digest": one.digest.hex(), "at": one.at.isoformat()}
        )
        + "\n"
        for one in entries
    )
    # One write to the end: processes that erase at the same time do not mix lines. A
    # line that was cut off stays a line of its own.
    content = (lines if _ends_with_a_line(file) else f"\n{lines}").encode()
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        written = os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    if written < len(content):  # as much as the disk still took
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file))


def _ends_with_a_line(file: Path) -> bool:
    if not file.exists() or not file.stat().st_size:
        return True
    with file.open("rb") as content:
        content.seek(-1, os.SEEK_END)
        return content.read() == b"\n"


def _read(file: Path) -> list[Erasure]:
    if not file.exists():
        return []
    entries: list[Erasure] = []
    for line in file.read_text("utf-8").splitlines():
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:
            continue
        entries.append(
            Erasure(
                bytes.fromhex(entry["digest"]),
                entry["kind"],
                datetime.fromisoformat(entry["at"]),
            )
        )
    return entries
