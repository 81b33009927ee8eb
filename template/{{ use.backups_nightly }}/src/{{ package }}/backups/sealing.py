"""Encrypts streams of any length so that no byte can be changed, moved or cut off.

The STREAM construction over AES-256-GCM: every chunk is sealed under its number and a
mark on the last one; the header is bound to all of them. Each file has a key of its
own, derived from the backup key and a random salt, so nonces never repeat.

    header = "BKP1" | length of id | id | salt      chunk = ciphertext | tag
"""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .errors import BackupDamagedError
from .keys import BackupKey, KeyRing

CHUNK_BYTES: Final = 1024 * 1024
_TAG_BYTES: Final = 16
_SALT_BYTES: Final = 16
_MAGIC: Final = b"BKP1"
_PURPOSE: Final = b"backup contents"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Size in bytes and SHA-256 of some content."""

    size_bytes: int
    sha256: str


class Meter:
    """Measures content that passes by."""

    def __init__(self) -> None:
        """Start at nothing."""
        self._size = 0
        self._digest = hashlib.sha256()

    def add(self, data: bytes) -> None:
        """Count some more bytes."""
        self._size += len(data)
        self._digest.update(data)

    @property
    def fingerprint(self) -> Fingerprint:
        """What has passed so far."""
        return Fingerprint(self._size, self._digest.hexdigest())


class Sealer:
    """Encrypts what is written to it into a file; `finish` makes it readable."""

    def __init__(self, file: BinaryIO, key: BackupKey) -> None:
        """Write the header."""
        salt = secrets.token_bytes(_SALT_BYTES)
        name = key.id.encode()
        self._file = file
        self._header = _MAGIC + bytes([len(name)]) + name + salt
        self._cipher = AESGCM(key.derive(_PURPOSE, salt))
        self._buffer = bytearray()
        self._count = 0
        self.plain = Meter()
        self.sealed = Meter()
        self._emit(self._header)

    def write(self, data: bytes) -> None:
        """Encrypt some more content."""
        self.plain.add(data)
        self._buffer += data
        while len(self._buffer) > CHUNK_BYTES:
            self._seal(bytes(self._buffer[:CHUNK_BYTES]), last=False)
            del self._buffer[:CHUNK_BYTES]

    def finish(self) -> None:
        """Write the last chunk; without it the file does not open."""
        self._seal(bytes(self._buffer), last=True)

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        nonce = _nonce(self._count, last=last)
        self._emit(self._cipher.encrypt(nonce, chunk, self._header))
        self._count += 1

    def _emit(self, data: bytes) -> None:
        self.sealed.add(data)
        self._file.write(data)


def unsealed(file: BinaryIO, keys: KeyRing) -> Iterator[bytes]:
    """Decrypt a file chunk by chunk; only the end proves that it is whole.

    Yields:
        Up to a mebibyte at a time.

    Raises:
        BackupKeyError: The ring lacks the key that the file names.
        BackupDamagedError: The file was cut, changed, or sealed with another key.
    """
    header, key_id, salt = _read_header(file)
    cipher = AESGCM(keys.find(key_id).derive(_PURPOSE, salt))
    following = file.read(CHUNK_BYTES + _TAG_BYTES)
    count = 0
    while following:
        chunk, following = following, file.read(CHUNK_BYTES + _TAG_BYTES)
        nonce = _nonce(count, last=not following)
        try:
            yield cipher.decrypt(nonce, chunk, header)
        except InvalidTag:
            message = f"Part {count} is cut, changed, or sealed with another key."
            raise BackupDamagedError(message) from None
        count += 1
    if not count:
        message = "The file ends behind its header."
        raise BackupDamagedError(message)


def _read_header(file: BinaryIO) -> tuple[bytes, str, bytes]:
    start = file.read(len(_MAGIC) + 1)
    if len(start) <= len(_MAGIC) or not start.startswith(_MAGIC):
        message = "The file is no encrypted backup."
        raise BackupDamagedError(message)
    name = file.read(start[-1])
    salt = file.read(_SALT_BYTES)
    if len(salt) != _SALT_BYTES:
        message = "The file ends inside its header."
        raise BackupDamagedError(message)
    return start + name + salt, name.decode(errors="replace"), salt


def _nonce(count: int, *, last: bool) -> bytes:
    return count.to_bytes(11, "big") + bytes([last])
