"""The commands around backups."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, NamedTuple

import typer
from rich.table import Column, Table

from ..command import prepare
from ..core.console import err, out
from ..db.development import given_or_embedded
from .drill import drill as run_drill
from .drill import read_drills
from .dump import make_backup
from .errors import BackupDamagedError, BackupError
from .keys import new_key as make_key
from .offsite import copy_offsite
from .restore import Restored, restore_copy, restore_database
from .retention import prune as apply_retention
from .shelves import DUMP, MANIFEST, Shelf
from .verify import verify_backup
from .workshop import Workshop

app = typer.Typer(help="Backups and restore drills.", no_args_is_help=True)

_MEBIBYTE = 1024 * 1024
_PARTS = {DUMP: "dump", MANIFEST: "manifest"}
_Name = Annotated[str | None, typer.Argument(help="The backup; else the newest.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON lines.")]


class _Row(NamedTuple):
    """One line of the list."""

    place: str
    name: str
    size_bytes: int
    missing: str = ""


@app.command()
def run(
    if_due: Annotated[
        bool, typer.Option("--if-due", help="Only if the last one is old enough.")
    ] = False,
    required: Annotated[
        bool, typer.Option("--required", help="Fail where none is made.")
    ] = False,
) -> None:
    """Dump the database, encrypt it, store it.

    Raises:
        BackupError: One was required, and none was made.
    """
    manifest = _do(lambda shop: make_backup(shop, only_if_due=if_due))
    if manifest is None and required:
        message = "No backup was made."
        raise BackupError(message, hint="ENABLE_BACKUPS or DRY_RUN_MODE prevents it.")
    if manifest is None:
        err.print("No backup was made: see the log for the reason.")
        return
    size = manifest.size_bytes / _MEBIBYTE
    out.print(f"{manifest.name}: {size:.1f} MiB in {manifest.seconds:.1f} s")


@app.command("list")
def list_(as_json: _Json = False) -> None:
    """List the backups of every place, oldest first."""
    rows = _do(_inventory)
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row._asdict()))
        return
    table = Table("place", Column("backup", no_wrap=True), "MiB", "missing")
    for row in rows:
        size = f"{row.size_bytes / _MEBIBYTE:.1f}"
        table.add_row(row.place, row.name, size, row.missing)
    out.print(table)


@app.command()
def verify(
    name: _Name = None,
    every: Annotated[bool, typer.Option("--all", help="All, in every place.")] = False,
) -> None:
    """Decrypt a backup whole, wherever it lies, and compare it with its manifest.

    Raises:
        BackupDamagedError: At least one is damaged.
    """
    damaged = _do(lambda shop: _verify(shop, name, every=every))
    if damaged:
        message = f"Damaged: {', '.join(damaged)}."
        raise BackupDamagedError(
            message, hint="Make a new backup at once: `backup run`."
        )


@app.command()
def restore(
    name: _Name = None,
    force: Annotated[
        bool, typer.Option("--force", help="Set a database that holds data aside.")
    ] = False,
    into: Annotated[
        str | None, typer.Option(help="A new database instead, to read from.")
    ] = None,
) -> None:
    """Put a backup in the place of the service's database."""

    async def work(shop: Workshop) -> Restored | None:
        if into:
            return await restore_copy(shop, name, into)
        return await restore_database(shop, name, force=force)

    done = _do(work)
    if done is None:
        err.print("Dry run: nothing was restored.")
        return
    out.print(f"{done.backup} is now the database {done.database}.")
    if done.previous:
        out.print(f"Its former contents are kept as {done.previous}.")


@app.command()
def drill() -> None:
    """Restore the newest backup beside the database, compare, measure, write down."""
    record = _do(run_drill)
    if record is None:
        err.print("No drill was held: see the log for the reason.")
        return
    out.print(
        f"{record.backup} ({record.place}) restores: {record.rows} rows in "
        f"{record.tables} tables.\n"
        f"RPO {record.rpo_seconds or 0:.0f} s, RTO {record.rto_seconds:.1f} s."
    )


@app.command()
def drills(as_json: _Json = False) -> None:
    """Show the drill log, oldest first."""
    records = read_drills(prepare())
    if as_json:
        for record in records:
            typer.echo(record.model_dump_json())
        return
    name = Column("backup", no_wrap=True)
    table = Table("at", name, "passed", "RPO s", "RTO s", "problem")
    for record in records:
        table.add_row(
            f"{record.at:%Y-%m-%d %H:%M}",
            record.backup or "",
            "yes" if record.passed else "no",
            f"{record.rpo_seconds or 0:.0f}",
            f"{record.rto_seconds:.1f}",
            record.problem or "",
        )
    out.print(table)


@app.command()
def prune() -> None:
    """Remove or freeze what is past its time; the last good backup stays."""
    done = _do(apply_retention)
    for verb, names in (
        ("removed", done.removed),
        ("moved to cold", done.frozen),
        ("swept", done.swept),
    ):
        for name in names:
            out.print(f"{verb}: {name}")


@app.command()
def offsite() -> None:
    """Copy the local backups with rclone to BACKUP_RCLONE_REMOTE."""
    if not _do(copy_offsite):
        err.print("Nothing was copied: see the log for the reason.")


@app.command("new-key")
def new_key() -> None:
    """Print a fresh encryption key for BACKUP_ENCRYPTION_KEYS; it is stored nowhere."""
    typer.echo(make_key())


def _do[Result](work: Callable[[Workshop], Coroutine[Any, Any, Result]]) -> Result:
    """Run work on the given database, or in development on the embedded one."""

    async def run() -> Result:
        async with given_or_embedded(prepare()) as settings:
            return await work(Workshop.open(settings))

    return asyncio.run(run())


async def _inventory(shop: Workshop) -> list[_Row]:
    rows: list[_Row] = []
    for shelf in shop.shelves:
        for name, files in (await shelf.parts()).items():
            size = files[DUMP].size_bytes if DUMP in files else 0
            missing = [word for suffix, word in _PARTS.items() if suffix not in files]
            rows.append(_Row(shelf.place, name, size, *missing))
    return rows


async def _verify(shop: Workshop, name: str | None, *, every: bool) -> list[str]:
    """Verify what was asked for; returns what is damaged, as `place/name`."""
    wanted: list[tuple[Shelf, str]] = []
    if every:
        wanted = [(s, n) for s in shop.shelves for n in await s.parts()]
    elif name:
        await shop.find(name)
    if not wanted:
        name = name or (await shop.newest(whole=False))[1]
        wanted = [(s, name) for s in shop.shelves if name in await s.parts()]
    damaged: list[str] = []
    for shelf, backup in wanted:
        try:
            await verify_backup(shop, shelf, backup)
        except BackupError as error:
            damaged.append(f"{shelf.place}/{backup}")
            err.print(f"{shelf.place}/{backup}: {error}", markup=False)
        else:
            out.print(f"{shelf.place}/{backup}: whole")
    return damaged
