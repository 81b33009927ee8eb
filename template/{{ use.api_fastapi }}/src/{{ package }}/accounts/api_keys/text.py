"""What an API key looks like: `sk_<package>_`, then its id and 256 random bits.

The prefix is what secret scanners and the masks of the log look for. The id finds the
row without a search by the secret, and tells whose key was found somewhere.
"""

import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final
from uuid import UUID

PREFIX: Final = f"sk_{__name__.partition('.')[0]}_"
_ID_BYTES: Final = 16
_SECRET_BYTES: Final = 32
# 48 bytes are 64 letters, without padding.
_SHAPE: Final = re.compile(rf"{re.escape(PREFIX)}([A-Za-z0-9_-]{{64}})")


def new_api_key(key_id: UUID) -> str:
    """Make the text of a key; it is shown once and stored as a digest."""
    body = key_id.bytes + secrets.token_bytes(_SECRET_BYTES)
    return f"{PREFIX}{urlsafe_b64encode(body).decode()}"


def id_in(api_key: str) -> UUID | None:
    """Read which key a text claims to be; nothing when it is no key of this service."""
    match = _SHAPE.fullmatch(api_key)
    return UUID(bytes=urlsafe_b64decode(match[1])[:_ID_BYTES]) if match else None
