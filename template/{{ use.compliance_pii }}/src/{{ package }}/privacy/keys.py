"""The keys that make pseudonyms and seal the trail."""

import hmac
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from .config import PrivacySettings
from .errors import LedgerKeyError

_SHORTEST: Final = 32
_HINT: Final = "Run `privacy new-key` and put its line first in PRIVACY_SIGNING_KEYS."


@dataclass(frozen=True, slots=True)
class LedgerKeys:
    """The first key makes digests, every one recognises them."""

    keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def read(cls, text: str) -> Self:
        """Read keys separated by commas.

        Raises:
            LedgerKeyError: There is none, or one is too short; it is never repeated.
        """
        keys = tuple(part.strip().encode() for part in text.split(",") if part.strip())
        if not keys:
            message = "PRIVACY_SIGNING_KEYS is not set."
            raise LedgerKeyError(message, hint=_HINT)
        if min(map(len, keys)) < _SHORTEST:
            message = f"A ledger key has fewer than {_SHORTEST} characters."
            raise LedgerKeyError(message, hint=_HINT)
        return cls(keys)

    def digest(self, text: str) -> bytes:
        """Return 32 bytes that only the holder of the key can relate to a text."""
        return _digest(self.keys[0], text)

    def digests(self, text: str) -> list[bytes]:
        """Return the digests by all keys, the current one first."""
        return [_digest(key, text) for key in self.keys]


def load_keys(settings: PrivacySettings, base_dir: Path) -> LedgerKeys:
    """Read the keys; outside deployments a missing one is made and kept.

    Args:
        settings: The keys, if they were given.
        base_dir: Development's key lies in its `var/privacy.key`.

    Raises:
        LedgerKeyError: There is no usable key.
    """
    if settings.privacy_signing_keys is not None:
        return LedgerKeys.read(settings.privacy_signing_keys.get_secret_value())
    if settings.deployed:
        return LedgerKeys.read("")
    file = base_dir / "var" / "privacy.key"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(new_key(), "utf-8")
    return LedgerKeys.read(file.read_text("utf-8"))


def new_key() -> str:
    """Return a fresh random key for PRIVACY_SIGNING_KEYS."""
    return secrets.token_urlsafe(_SHORTEST)


def _digest(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
