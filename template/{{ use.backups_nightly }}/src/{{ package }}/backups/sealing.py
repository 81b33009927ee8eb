"""Encrypts backups in the format of age, so that they open without this service.

    age --decrypt --identity key.txt NAME.dump.age | pg_restore --dbname copy

The format numbers and seals every 64 KiB: no byte can be changed, moved or cut off
unnoticed. A stream of any length passes in little memory.
"""

import hashlib
import io
from collections.abc import Buffer
from dataclasses import dataclass
from typing import BinaryIO

from pyrage import DecryptError, EncryptError, decrypt_io, encrypt_io

from .errors import BackupDamagedError, BackupError
from .keys import KeyRing


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Size in bytes and SHA-256 of some content."""

    size_bytes: int
    sha256: str


class Meter(io.BufferedIOBase):
    """Measures content on its way from or to a file."""

    def __init__(self, file: BinaryIO) -> None:
        """Start at nothing."""
        super().__init__()
        self._file = file
        self._size = 0
        self._digest = hashlib.sha256()
        self.failure: OSError | None = None

    def read(self, size: int | None = -1, /) -> bytes:
        """Read from the file."""
        try:
            data = self._file.read(-1 if size is None else size)
        except OSError as error:
            self.failure = error
            raise
        self._add(data)
        return data

    def write(self, data: Buffer, /) -> int:
        """Write to the file."""
        content = bytes(data)
        try:
            self._file.write(content)
        except OSError as error:
            self.failure = error
            raise
        self._add(content)
        return len(content)

    @property
    def fingerprint(self) -> Fingerprint:
        """What has passed so far."""
        return Fingerprint(self._size, self._digest.hexdigest())

    def _add(self, data: bytes) -> None:
        self._size += len(data)
        self._digest.update(data)


def seal(
    source: BinaryIO, target: BinaryIO, keys: KeyRing
) -> tuple[Fingerprint, Fingerprint]:
    """Encrypt a stream; returns both sides' fingerprints.

    Raises:
        OSError: One of the streams failed.
        BackupError: It could not be encrypted for another reason.
    """
    plain, sealed = Meter(source), Meter(target)
    try:
        encrypt_io(plain, sealed, keys.recipients)
    except EncryptError as error:
        _raise_failure(plain, sealed)
        message = f"The dump could not be encrypted: {error}"
        raise BackupError(message) from error
    _raise_failure(plain, sealed)
    return plain.fingerprint, sealed.fingerprint


def unseal(source: BinaryIO, target: BinaryIO, keys: KeyRing) -> Fingerprint:
    """Decrypt a stream; only the end proves that it is whole.

    Raises:
        OSError: One of the streams failed.
        BackupDamagedError: It was cut, changed, or encrypted for another key.
    """
    sealed, plain = Meter(source), Meter(target)
    try:
        decrypt_io(sealed, plain, keys.identities)
    except (DecryptError, OSError) as error:
        _raise_failure(sealed, plain)
        message = "The dump is cut, changed, or encrypted for another key."
        raise BackupDamagedError(message) from error
    _raise_failure(sealed, plain)
    return plain.fingerprint


def _raise_failure(*meters: Meter) -> None:
    """Raise what a stream said: of its last write the library says nothing."""
    for meter in meters:
        if meter.failure is not None:
            raise meter.failure
