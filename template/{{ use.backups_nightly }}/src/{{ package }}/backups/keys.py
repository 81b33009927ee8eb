"""The age keys of the backups: one in use, older ones kept for reading."""

import hmac
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from pyrage import IdentityError, RecipientError, x25519  # pyright: ignore[reportMissingModuleSource] - it is compiled

from .config import BackupSettings
from .errors import BackupKeyError

_PURPOSE: Final = b"backup manifest"
_HINT: Final = "Run `backup new-key` and put its line first in BACKUP_ENCRYPTION_KEYS."


@dataclass(frozen=True, slots=True)
class BackupKey:
    """A key that opens backups, and the public half by which they name it.

    Attributes:
        id: The public half, `age1...`: it encrypts, and opens nothing.
        secret: The key itself, `AGE-SECRET-KEY-1...`.
    """

    id: str
    secret: str = field(repr=False)

    @property
    def identity(self) -> x25519.Identity:
        """What decrypts."""
        return x25519.Identity.from_str(self.secret)

    def signature(self, content: bytes) -> str:
        """Sign content so that only who can open backups can do the same."""
        signing_key = hmac.digest(self.secret.encode(), _PURPOSE, "sha256")
        return hmac.digest(signing_key, content, "sha256").hex()


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys: the first one encrypts, every one decrypts.

    Attributes:
        keys: Those of BACKUP_ENCRYPTION_KEYS.
        others: Public keys of BACKUP_RECIPIENTS, whose owners may open backups too.
    """

    keys: tuple[BackupKey, ...]
    others: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str, others: str = "") -> Self:
        """Read keys, and public keys of others, separated by commas.

        Raises:
            BackupKeyError: There is none, or one is malformed; it is never repeated.
        """
        keys = tuple(_parse(part) for part in _parts(text))
        if not keys:
            message = "BACKUP_ENCRYPTION_KEYS is not set."
            raise BackupKeyError(message, hint=_HINT)
        for other in _parts(others):
            _recipient(other)
        return cls(keys, _parts(others))

    @property
    def current(self) -> BackupKey:
        """The key for new backups."""
        return self.keys[0]

    @property
    def identities(self) -> list[x25519.Identity]:
        """Whatever opens backups, old ones too."""
        return [key.identity for key in self.keys]

    @property
    def recipients(self) -> list[x25519.Recipient]:
        """Who can open new backups."""
        return [_recipient(one) for one in (self.current.id, *self.others)]

    def find(self, key_id: str) -> BackupKey:
        """Return the key of that name.

        Raises:
            BackupKeyError: The ring does not hold it.
        """
        for key in self.keys:
            if key.id == key_id:
                return key
        message = f"The backup needs the key of {key_id!r}, which is not given."
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
    others = settings.backup_recipients
    if settings.backup_encryption_keys is not None:
        text = settings.backup_encryption_keys.get_secret_value()
        return KeyRing.read(text, others)
    if settings.deployed:
        return KeyRing.read("", others)
    file = base_dir / "var" / "backup.key"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(new_key(), "utf-8")
    return KeyRing.read(file.read_text("utf-8"), others)


def new_key() -> str:
    """Return a fresh key, for BACKUP_ENCRYPTION_KEYS or the file of an age tool."""
    return str(x25519.Identity.generate())


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _parse(text: str) -> BackupKey:
    try:
        identity = x25519.Identity.from_str(text)
    except IdentityError:
        message = "A backup key does not read AGE-SECRET-KEY-1..."
        raise BackupKeyError(message, hint=_HINT) from None
    return BackupKey(str(identity.to_public()), text)


def _recipient(text: str) -> x25519.Recipient:
    try:
        return x25519.Recipient.from_str(text)
    except RecipientError:
        message = "BACKUP_RECIPIENTS holds something else than public keys, age1..."
        hint = "`age-keygen -y key.txt` prints the public half of a key."
        raise BackupKeyError(message, hint=hint) from None
