"""The keys that encrypt backups: one in use, older ones kept for reading."""

import base64
import binascii
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .config import BackupSettings
from .errors import BackupKeyError

KEY_BYTES: Final = 32
_KEY_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_HINT: Final = "Run `backup new-key` and put its line first in BACKUP_ENCRYPTION_KEYS."


@dataclass(frozen=True, slots=True)
class BackupKey:
    """A 256-bit key and the name by which backups refer to it."""

    id: str
    material: bytes = field(repr=False)

    def derive(self, purpose: bytes, salt: bytes) -> bytes:
        """Return a 256-bit key for one purpose, so that no key serves two."""
        return HKDF(SHA256(), KEY_BYTES, salt, purpose).derive(self.material)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys: the first one encrypts, every one decrypts."""

    keys: tuple[BackupKey, ...]

    @classmethod
    def read(cls, text: str) -> Self:
        """Read `id:base64` pairs separated by commas.

        Raises:
            BackupKeyError: There is none, or one is malformed; it is never repeated.
        """
        keys = tuple(_parse(part.strip()) for part in text.split(",") if part.strip())
        if not keys:
            message = "BACKUP_ENCRYPTION_KEYS is not set."
            raise BackupKeyError(message, hint=_HINT)
        return cls(keys)

    @property
    def current(self) -> BackupKey:
        """The key for new backups."""
        return self.keys[0]

    def find(self, key_id: str) -> BackupKey:
        """Return the key of that name.

        Raises:
            BackupKeyError: The ring does not hold it.
        """
        for key in self.keys:
            if key.id == key_id:
                return key
        message = f"The backup needs the key {key_id!r}, which is not given."
        raise BackupKeyError(
            message, hint="Put it into BACKUP_ENCRYPTION_KEYS, behind the current one."
        )


def load_keys(settings: BackupSettings, base_dir: Path) -> KeyRing:
    """Read the keys; outside deployments a missing one is made and kept.

    Args:
        settings: The keys, if they were given.
        base_dir: Development's key lies in its `var/backup.key`.

    Raises:
        BackupKeyError: There is no usable key.
    """
    if settings.backup_encryption_keys is not None:
        return KeyRing.read(settings.backup_encryption_keys.get_secret_value())
    if settings.deployed:
        return KeyRing.read("")
    file = base_dir / "var" / "backup.key"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(new_key("development"), "utf-8")
    return KeyRing.read(file.read_text("utf-8"))


def new_key(key_id: str) -> str:
    """Return a fresh random key as `id:base64`, for BACKUP_ENCRYPTION_KEYS.

    Raises:
        BackupKeyError: The name is not made of lower-case letters, digits, hyphens.
    """
    encoded = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    return f"{_parse(f'{key_id}:{encoded}').id}:{encoded}"


def _parse(text: str) -> BackupKey:
    key_id, _, encoded = text.partition(":")
    try:
        material = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        material = b""
    if not _KEY_ID.fullmatch(key_id) or len(material) != KEY_BYTES:
        message = "A backup key is not an id, a colon and 32 bytes as base64."
        raise BackupKeyError(message, hint=_HINT)
    return BackupKey(key_id, material)
