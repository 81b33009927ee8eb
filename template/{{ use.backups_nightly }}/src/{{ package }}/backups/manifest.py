"""The manifest beside each backup: what it holds, signed with the backup key.

Encryption alone proves no origin, as the public key may be known; the signature does.

A backup exists once its manifest does: it is written last.
"""

import hmac
import re
from datetime import datetime
from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from .errors import BackupDamagedError
from .keys import BackupKey, KeyRing

_KEY_START: Final = "age1"
_MOMENT: Final = "YYYYmmdd_HHMMSS"
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,80}_\d{8}_\d{6}")


class TableDigest(BaseModel):
    """What a table held at the moment of the dump."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int
    checksum: str


class Manifest(BaseModel):
    """Everything known about one backup."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """Database and time of the snapshot, as in `service_20260131_020000`."""
    database: str
    created_at: AwareDatetime
    """The moment of the snapshot, UTC: later changes are not in the backup."""
    seconds: float
    """How long the dump took."""
    server_version: int
    """PostgreSQL's own number, such as 160014."""
    tool: str
    key_id: str
    """The public half of the key that opens it."""
    size_bytes: int
    sha256: str
    """Of the encrypted file."""
    plain_size_bytes: int
    plain_sha256: str
    """Of the dump inside."""
    tables: dict[str, TableDigest]


class SignedManifest(BaseModel):
    """A manifest as it is stored."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    manifest: Manifest
    signature: str


def backup_name(database: str, moment: datetime) -> str:
    """Return the name of a backup, which begins with its database and ends in time."""
    return f"{_safe(database)}_{moment:%Y%m%d_%H%M%S}"


def moment_of(name: str) -> str:
    """Return the time in a backup's name, as text that sorts."""
    return name[-len(_MOMENT) :]


def is_of(name: str, database: str) -> bool:
    """Tell whether a backup's name says that it is of this database."""
    return name[: -len(_MOMENT) - 1] == _safe(database)


def _safe(database: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "_", database)[:80]


def is_backup_name(text: str) -> bool:
    """Tell whether a text is the name of a backup, and so no path elsewhere."""
    return _NAME.fullmatch(text) is not None


def sign(manifest: Manifest, key: BackupKey) -> bytes:
    """Return the manifest and its signature, as JSON for people and programs."""
    signature = key.signature(_content(manifest))
    signed = SignedManifest(manifest=manifest, signature=signature)
    return signed.model_dump_json(indent=2).encode() + b"\n"


def read_manifest(content: bytes, keys: KeyRing, *, name: str) -> Manifest:
    """Read a stored manifest and check its signature.

    Args:
        content: What was stored.
        keys: Where the key is that it names.
        name: What the backup is called in its store.

    Raises:
        BackupDamagedError: It is unreadable, changed, signed with another key, or
            belongs to another backup.
        BackupKeyError: The ring lacks the key that it names.
    """
    try:
        signed = SignedManifest.model_validate_json(content)
    except ValidationError as error:
        message = f"The manifest of {name} is unreadable."
        raise BackupDamagedError(message) from error
    manifest = signed.manifest
    if not manifest.key_id.startswith(_KEY_START):
        message = f"{name} is in the format of an earlier release."
        hint = "Restore it with the release that made it, which its time tells."
        raise BackupDamagedError(message, hint=hint)
    expected = keys.find(manifest.key_id).signature(_content(manifest))
    if not hmac.compare_digest(expected, signed.signature) or manifest.name != name:
        message = f"The manifest of {name} was changed or signed with another key."
        raise BackupDamagedError(message)
    return manifest


def _content(manifest: Manifest) -> bytes:
    return manifest.model_dump_json().encode()
