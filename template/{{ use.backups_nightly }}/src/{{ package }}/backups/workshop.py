"""What every step around backups needs, put together once from the settings."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex
from typing import Self

from ..core.clock import Clock, utc_now
from ..core.settings import Settings
from .databases import database_name, for_backups
from .errors import BackupDamagedError, BackupNotFoundError
from .keys import KeyRing, load_keys
from .leftovers import PARTIAL
from .manifest import Manifest, is_of
from .shelves import DUMP, Shelf, local_shelf, remote_shelves
from .status import backups_folder


@dataclass(frozen=True, slots=True)
class Workshop:
    """The settings, the keys, and every place where backups lie.

    Attributes:
        settings: The whole configuration, with the address of the role that works.
        given: The configuration as it was given: it names every role.
        keys: They encrypt and decrypt.
        folder: The local backups.
        local: The same, as a shelf.
        hot: The object store's recent backups, or nothing without a store.
        cold: Its old ones.
        clock: Tells the time.
    """

    settings: Settings
    given: Settings
    keys: KeyRing
    folder: Path
    local: Shelf
    hot: Shelf | None = None
    cold: Shelf | None = None
    clock: Clock = utc_now

    @classmethod
    def open(cls, settings: Settings, *, clock: Clock = utc_now) -> Self:
        """Read the keys and open the stores; nothing is sent yet.

        Raises:
            BackupKeyError: There is no usable key.
        """
        keys = load_keys(settings, settings.base_dir)
        folder = backups_folder(settings)
        hot, cold = remote_shelves(settings) or (None, None)
        here = for_backups(settings)
        local = local_shelf(folder)
        return cls(here, settings, keys, folder, local, hot, cold, clock)

    def as_owner(self) -> Self:
        """Return the same for the role that owns the schema, to put a database back.

        Raises:
            SettingsError: There is no address of that role.
        """
        return replace(self, settings=self.given.for_migrations)

    @property
    def shelves(self) -> tuple[Shelf, ...]:
        """Every place, the nearest first."""
        return tuple(s for s in (self.local, self.hot, self.cold) if s is not None)

    async def newest(self, *, whole: bool = True) -> tuple[Shelf, str]:
        """Return this database's newest backup; the store's, if there is a store.

        What other databases have on the same shelves is never taken by itself.

        Args:
            whole: Pass over what has no manifest.

        Raises:
            BackupNotFoundError: There is none.
        """
        database = database_name(self.settings)
        for shelf in (s for s in (self.hot, self.local, self.cold) if s is not None):
            names = await shelf.names() if whole else tuple(await shelf.parts())
            if own := [n for n in names if is_of(n, database)]:
                return shelf, own[-1]
        message = f"There is no backup of the database {database} yet."
        hint = "Make one: `backup run`; `backup list` names those of other databases."
        raise BackupNotFoundError(message, hint=hint)

    async def find(self, name: str) -> Shelf:
        """Return the nearest place that has a backup, or a part of it.

        Raises:
            BackupNotFoundError: None has it.
        """
        for whole in (True, False):
            for shelf in self.shelves:
                if name in (await shelf.names() if whole else await shelf.parts()):
                    return shelf
        message = f"No backup is called {name}."
        raise BackupNotFoundError(message, hint="`backup list` names them all.")

    @asynccontextmanager
    async def fetched(
        self, shelf: Shelf, name: str
    ) -> AsyncGenerator[tuple[Path, Manifest]]:
        """Bring a backup to this machine for a while.

        Yields:
            The encrypted dump and its checked manifest.
        """
        manifest = await shelf.manifest(name, self.keys)
        if shelf.place == "local":
            dump = self.folder / f"{name}{DUMP}"
            if not dump.exists():
                message = f"The dump of {name} is missing in local."
                hint = "`backup list` names where else it lies."
                raise BackupDamagedError(message, hint=hint)
            yield dump, manifest
            return
        target = self.folder / f"{name}.{token_hex(4)}{PARTIAL}"
        try:
            await shelf.fetch(name, target)
            yield target, manifest
        finally:
            target.unlink(missing_ok=True)
