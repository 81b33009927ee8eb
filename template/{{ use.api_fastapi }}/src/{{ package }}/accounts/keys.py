"""The key pair that signs access tokens, and how it is replaced.

A key is named by its RFC 7638 thumbprint (`kid`). The newest key signs; the public
parts of all are accepted, so that a replaced key counts until its tokens expire.
"""

import base64
import hashlib
import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from ..core.clock import utc_now
from .config import AccountSettings
from .errors import SigningKeyError

DEFAULT_FOLDER: Final = "keys"
_END: Final = "-----END PUBLIC KEY-----"
_COORDINATE_BYTES: Final = 32
_STAMP: Final = "%Y%m%dT%H%M%S%fZ"
_FIRST: Final = "00010101T000000000000Z-first.pem"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """One key that signs and all that verify.

    Attributes:
        kid: Name of the key that signs.
        private_key: The key that signs; never shown.
        public_keys: Key by name, the present one included.
    """

    kid: str
    private_key: ec.EllipticCurvePrivateKey
    public_keys: dict[str, ec.EllipticCurvePublicKey]

    @classmethod
    def of(
        cls,
        signing: ec.EllipticCurvePrivateKey,
        earlier: list[ec.EllipticCurvePublicKey] | None = None,
    ) -> Self:
        """Put the present key and earlier ones on one ring."""
        public = [signing.public_key(), *(earlier or [])]
        return cls(
            kid=thumbprint(public[0]),
            private_key=signing,
            public_keys={thumbprint(key): key for key in public},
        )

    def __repr__(self) -> str:
        """Name the keys without showing one."""
        return f"KeyRing(kid={self.kid!r}, accepts={sorted(self.public_keys)!r})"


def thumbprint(key: ec.EllipticCurvePublicKey) -> str:
    """Return the RFC 7638 name of a P-256 key."""
    numbers = key.public_numbers()
    members = {
        "crv": "P-256",
        "kty": "EC",
        "x": _base64url(numbers.x.to_bytes(_COORDINATE_BYTES)),
        "y": _base64url(numbers.y.to_bytes(_COORDINATE_BYTES)),
    }
    text = json.dumps(members, sort_keys=True, separators=(",", ":"))
    return _base64url(hashlib.sha256(text.encode()).digest())


def keys_folder(settings: AccountSettings, base_dir: Path) -> Path:
    """Return where `keys create` writes and the service reads."""
    return settings.jwt_keys_dir or base_dir / DEFAULT_FOLDER


def create_key(folder: Path) -> Path:
    """Write a new private key that only its owner may read.

    The file's name begins with the time, so that the newest key sorts last.

    Args:
        folder: Where it goes; made when missing.

    Returns:
        The new file.

    Raises:
        SigningKeyError: The folder or the file cannot be written.
    """
    return _write_key(
        folder, f"{utc_now().strftime(_STAMP)}-{secrets.token_hex(4)}.pem"
    )


def create_first_key(folder: Path) -> Path:
    """Write a key unless another process does so at the same time.

    Workers start together: all of them have to sign with one key.

    Args:
        folder: Where it goes; made when missing.

    Returns:
        The file, whoever wrote it.

    Raises:
        SigningKeyError: The folder or the file cannot be written.
    """
    return _write_key(folder, _FIRST)


def _write_key(folder: Path, name: str) -> Path:
    """Write under another name first: what has the final name is complete."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    partial = folder / f"{secrets.token_hex(8)}.partial"
    path = folder / name
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(partial, flags, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(partial)
    except OSError as error:
        raise SigningKeyError(
            f"The key could not be written to {folder}: {error.strerror}.",
            hint="Check that the folder is writable and the disk not full.",
        ) from error
    finally:
        with suppress(OSError):
            partial.unlink()
    return path


def key_made_at(file: Path) -> datetime:
    """Read from a key's file name when it was made, UTC.

    Raises:
        SigningKeyError: `create_key` did not name the file.
    """
    try:
        stamp = datetime.strptime(file.name.split("-")[0], _STAMP)  # noqa: DTZ007 - below
    except ValueError as error:
        raise SigningKeyError(
            f"{file.name} does not begin with a time.",
            hint="Keys are made by `keys create` and keep their names.",
        ) from error
    return stamp.replace(tzinfo=UTC)


def load_key_ring(
    settings: AccountSettings, base_dir: Path, *, dry_run: bool = False
) -> KeyRing:
    """Read the keys; outside deployments a missing one is made.

    Args:
        settings: The key itself, or the folder of keys.
        base_dir: Where the folder is unless the settings name one.
        dry_run: Whether a key that is made is not written.

    Raises:
        SigningKeyError: There is no usable key.
    """
    if settings.jwt_private_key is not None:
        signing = _private(
            settings.jwt_private_key.get_secret_value().encode(), "JWT_PRIVATE_KEY"
        )
        return KeyRing.of(signing, _publics(settings.jwt_public_keys))
    folder = keys_folder(settings, base_dir)
    files = sorted(folder.glob("*.pem"))
    if not files and not settings.deployed:
        if dry_run:
            return KeyRing.of(ec.generate_private_key(ec.SECP256R1()))
        files = [create_first_key(folder)]
    if not files:
        raise SigningKeyError(
            f"There is no signing key in {folder}.",
            hint="Make one with `keys create`, or set JWT_PRIVATE_KEY.",
        )
    keys = [_private(_read(file), file.name) for file in files]
    earlier = [key.public_key() for key in keys[:-1]]
    return KeyRing.of(keys[-1], earlier + _publics(settings.jwt_public_keys))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SigningKeyError(
            f"{file} cannot be read: {error.strerror}.",
            hint="The user that runs the service has to own it.",
        ) from error


def _private(pem: bytes, name: str) -> ec.EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unusable(name) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not _is_p256(key.curve):
        raise _unusable(name)
    return key


def _publics(pems: str) -> list[ec.EllipticCurvePublicKey]:
    keys: list[ec.EllipticCurvePublicKey] = []
    for part in pems.split(_END):
        if not part.strip():
            continue
        try:
            key = load_pem_public_key(f"{part}{_END}\n".lstrip().encode())
        except (ValueError, UnsupportedAlgorithm) as error:
            raise _unusable("JWT_PUBLIC_KEYS") from error
        if not isinstance(key, ec.EllipticCurvePublicKey) or not _is_p256(key.curve):
            raise _unusable("JWT_PUBLIC_KEYS")
        keys.append(key)
    return keys


def _is_p256(curve: ec.EllipticCurve) -> bool:
    return isinstance(curve, ec.SECP256R1)


def _unusable(name: str) -> SigningKeyError:
    return SigningKeyError(
        f"{name} is no PEM of a P-256 (ES256) key.",
        hint="Make one with `keys create`.",
    )


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
