"""Where backups lie: a local folder, and any store with an S3 API.

Every shelf holds `<name>.dump.age` and `<name>.json`; the manifest comes last and
goes first, so that a manifest always has its dump. In the object store they lie under
`hot/`, later under `cold/`.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from .config import BackupSettings
from .errors import BackupDamagedError, BackupError, BackupNotFoundError
from .keys import KeyRing
from .manifest import Manifest, is_backup_name, moment_of, read_manifest

if TYPE_CHECKING:  # the library has these names for type checkers only
    from obstore import Attributes
    from obstore.store import S3Config

DUMP: Final = ".dump.age"
MANIFEST: Final = ".json"
_CONNECT_TIME: Final = timedelta(seconds=10)
_RETRIES: Final = 3
_RETRY_TIME: Final = timedelta(seconds=60)

type Place = Literal["local", "hot", "cold"]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file on a shelf."""

    name: str
    suffix: str
    size_bytes: int
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Shelf:
    """One folder of a store. Its failures are `BackupError`, never the store's own."""

    place: Place
    store: LocalStore | S3Store
    folder: str = ""

    async def files(self) -> tuple[StoredFile, ...]:
        """Return every file that belongs to a backup, oldest backup first."""
        async with _told_apart(self.place, "list"):
            stream = obstore.list(self.store, self.folder or None)  # pyright: ignore[reportUnknownMemberType] - another overload needs Arrow
            found = await stream.collect_async()
        files: list[StoredFile] = []
        for meta in found:
            name, dot, suffix = meta["path"].rpartition("/")[2].partition(".")
            if is_backup_name(name):
                written = meta["last_modified"]
                files.append(StoredFile(name, dot + suffix, meta["size"], written))
        return tuple(sorted(files, key=lambda f: (moment_of(f.name), f.name, f.suffix)))

    async def names(self) -> tuple[str, ...]:
        """Return the names of the backups, oldest first."""
        files = await self.files()
        return tuple(file.name for file in files if file.suffix == MANIFEST)

    async def parts(self) -> dict[str, dict[str, StoredFile]]:
        """Return what is there of every backup by suffix, also of incomplete ones."""
        found: dict[str, dict[str, StoredFile]] = {}
        for file in await self.files():
            if file.suffix in {DUMP, MANIFEST}:
                found.setdefault(file.name, {})[file.suffix] = file
        return found

    async def manifest(self, name: str, keys: KeyRing) -> Manifest:
        """Read and check one backup's manifest.

        Raises:
            BackupDamagedError: It is missing or was changed.
        """
        try:
            async with _told_apart(self.place, f"read the manifest of {name} from"):
                path = self.path_of(name, MANIFEST)
                answer = await obstore.get_async(self.store, path)
                content = bytes(await answer.bytes_async())
        except BackupNotFoundError as error:
            message = f"The manifest of {name} is missing in {self.place}."
            hint = "Its dump may open by hand: docs/runbooks/restore.md says how."
            raise BackupDamagedError(message, hint=hint) from error
        return read_manifest(content, keys, name=name)

    async def fetch(self, name: str, target: Path) -> None:
        """Copy one backup's dump into a local file.

        Raises:
            BackupDamagedError: The manifest is there and the dump is not.
        """
        try:
            async with _told_apart(self.place, f"read {name} from"):
                answer = await obstore.get_async(self.store, self.path_of(name, DUMP))
                with target.open("wb") as file:
                    async for part in answer.stream():
                        await asyncio.to_thread(file.write, part)
        except BackupNotFoundError as error:
            message = f"The dump of {name} is missing in {self.place}."
            hint = "Take an older backup: `backup list` names them."
            raise BackupDamagedError(message, hint=hint) from error

    async def put(self, name: str, dump: Path, manifest: bytes) -> None:
        """Store a backup: the dump, then the manifest that makes it count."""
        async with _told_apart(self.place, f"write {name} to"):
            await obstore.put_async(self.store, self.path_of(name, DUMP), dump)
            await obstore.put_async(self.store, self.path_of(name, MANIFEST), manifest)

    async def move_to(self, other: "Shelf", name: str, *, storage_class: str) -> None:
        """Move a backup to another shelf, with another price where the store has one.

        The content passes through here: a copy on the store's side ends at 5 GB and
        keeps the class of storage.

        Args:
            other: Where it goes.
            name: The backup.
            storage_class: The store's word, such as `GLACIER_IR`; empty: its default.
        """
        attributes: Attributes = (
            {"Storage-Class": storage_class} if storage_class else {}
        )
        async with _told_apart(self.place, f"move {name} from"):
            for suffix in await self._suffixes(name):
                answer = await obstore.get_async(self.store, self.path_of(name, suffix))
                target = other.path_of(name, suffix)
                await obstore.put_async(
                    other.store, target, answer.stream(), attributes=attributes
                )
        await self.remove(name)

    async def remove(self, name: str, *suffixes: str) -> None:
        """Delete a backup, or some files of it: first its manifest, then its dump."""
        gone = suffixes or tuple(reversed(await self._suffixes(name)))
        async with _told_apart(self.place, f"delete {name} from"):
            for suffix in gone:
                await obstore.delete_async(self.store, self.path_of(name, suffix))

    async def _suffixes(self, name: str) -> list[str]:
        """Return what there is of a backup, the manifest last."""
        found = [file.suffix for file in await self.files() if file.name == name]
        return sorted(found, key=lambda suffix: suffix == MANIFEST)

    def path_of(self, name: str, suffix: str) -> str:
        """Return where a file of a backup lies in the store."""
        return f"{self.folder}/{name}{suffix}" if self.folder else f"{name}{suffix}"


def local_shelf(folder: Path) -> Shelf:
    """Open the local folder; it is made where it does not exist."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Shelf("local", LocalStore(folder))


def remote_shelves(settings: BackupSettings) -> tuple[Shelf, Shelf] | None:
    """Open the object store's hot and cold folders, or nothing without a bucket."""
    if settings.backup_s3_bucket is None:
        return None
    store = S3Store(
        settings.backup_s3_bucket,
        prefix=settings.backup_s3_prefix or None,
        config=_account(settings),
        client_options={
            "allow_http": not settings.deployed,
            "connect_timeout": _CONNECT_TIME,
            "timeout": timedelta(seconds=settings.backup_timeout_seconds),
        },
        retry_config={"max_retries": _RETRIES, "retry_timeout": _RETRY_TIME},
    )
    return Shelf("hot", store, "hot"), Shelf("cold", store, "cold")


def _account(settings: BackupSettings) -> "S3Config":
    account: S3Config = {"region": settings.backup_s3_region}
    if settings.backup_s3_endpoint_url:
        account["endpoint"] = settings.backup_s3_endpoint_url
    if settings.backup_s3_access_key_id:
        account["access_key_id"] = settings.backup_s3_access_key_id
    if settings.backup_s3_secret_access_key:
        secret = settings.backup_s3_secret_access_key.get_secret_value()
        account["secret_access_key"] = secret
    return account


@asynccontextmanager
async def _told_apart(place: Place, action: str) -> AsyncGenerator[None]:
    """Turn the store's failures into ours: nothing there, or something went wrong."""
    try:
        yield
    except FileNotFoundError as error:
        message = f"Could not {action} {place}: it is not there."
        raise BackupNotFoundError(message) from error
    except (BaseError, OSError) as error:
        reason = str(error).partition("\n")[0]
        message = f"Could not {action} {place}: {reason}"
        raise BackupError(message) from error
