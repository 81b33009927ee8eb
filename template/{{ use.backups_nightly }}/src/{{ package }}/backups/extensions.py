"""Leaves out of a restore what the new database has already.

Some extensions are made by an administrator alone. Where one has prepared them, the
dump's own statements for them would fail.
"""

import re
from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from .sealing import unseal
from .tools import PgTools
from .workshop import Workshop

_INSTALLED: Final = text(
    "SELECT extname FROM pg_catalog.pg_extension WHERE extname <> 'plpgsql'"
)
# `2; 3079 16385 EXTENSION - vector` and `9; 0 0 COMMENT - EXTENSION vector `
_ENTRY: Final = re.compile(r"^\d++; \d++ \d++ (?:COMMENT - |)EXTENSION (?:- |)(.++)")


async def installed(connection: AsyncConnection) -> frozenset[str]:
    """Name the extensions that somebody has added to a database."""
    return frozenset(await connection.scalars(_INSTALLED))


@asynccontextmanager
async def left_out(
    shop: Workshop, tools: PgTools, dump: Path, names: Collection[str]
) -> AsyncGenerator[tuple[str, ...]]:
    """Tell `pg_restore` to leave extensions out.

    Args:
        shop: The keys.
        tools: Those of the server's version.
        dump: The encrypted dump.
        names: The extensions.

    Yields:
        The arguments that say so; none when there is nothing to leave out.
    """
    if not names:
        yield ()
        return
    listing = await _listing(shop, tools, dump)
    with NamedTemporaryFile("w", encoding="utf-8", suffix=".list") as wanted:
        wanted.write(without(listing, names))
        wanted.flush()
        yield (f"--use-list={wanted.name}",)


def without(listing: str, names: Collection[str]) -> str:
    """Take extensions out of what `pg_restore --list` prints."""
    return "".join(
        f"{line}\n"
        for line in listing.splitlines()
        if (entry := _ENTRY.match(line)) is None or entry[1].strip() not in names
    )


async def _listing(shop: Workshop, tools: PgTools, dump: Path) -> str:
    """Return what is in a dump, which says so at its beginning."""

    def work(target: BinaryIO) -> None:
        with dump.open("rb") as file:
            unseal(file, target, shop.keys)

    with NamedTemporaryFile("r", encoding="utf-8", suffix=".list") as said:
        listing = ("--list", f"--file={said.name}")
        await tools.write_to("pg_restore", *listing, work=work)
        return said.read()
