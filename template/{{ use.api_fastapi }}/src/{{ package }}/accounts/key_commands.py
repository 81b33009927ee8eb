"""`keys`: make and replace the keys that sign access tokens."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import typer

from ..command import prepare
from ..core.clock import utc_now
from ..core.console import err, out
from .keys import DEFAULT_FOLDER, create_key, key_made_at, keys_folder, load_key_ring

app = typer.Typer(help="Manage the token signing keys.", no_args_is_help=True)


@app.command("create")
def create(
    folder: Annotated[
        Path,
        typer.Option(
            "--dir",
            envvar="JWT_KEYS_DIR",
            help="Where the key goes; kept out of git.",
        ),
    ] = Path(DEFAULT_FOLDER),
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", envvar="DRY_RUN_MODE", help="Say where, write nothing."
        ),
    ] = False,
) -> None:
    """Make a key; a running service signs with it after its next start.

    Earlier keys in the folder stay and are still accepted; remove them by `keys prune`
    when all their tokens have expired.
    """
    if dry_run:
        err.print(f"Dry run: no key was written to {folder}.", markup=False)
        return
    out.print(str(create_key(folder)), markup=False)


@app.command("list")
def show() -> None:
    """Name the keys that are accepted, and the one that signs."""
    settings = prepare()
    ring = load_key_ring(settings, settings.base_dir)
    for kid in ring.public_keys:
        out.print(f"{kid}{'  signs' if kid == ring.kid else ''}", markup=False)


@app.command("prune")
def prune() -> None:
    """Remove replaced keys whose tokens have all expired."""
    settings = prepare()
    files = sorted(keys_folder(settings, settings.base_dir).glob("*.pem"))
    life = timedelta(minutes=settings.access_token_minutes)
    for old, replaced_by in pairwise(files):
        if key_made_at(replaced_by) + life < utc_now():
            if settings.dry_run_mode:
                err.print(f"Dry run: {old} was not removed.", markup=False)
                continue
            old.unlink()
            out.print(f"removed {old}", markup=False)
