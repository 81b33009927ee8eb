"""What can go wrong around personal data."""

from ..core.errors import AppError, ConflictError


class LedgerKeyError(AppError):
    """There is no usable key for pseudonyms."""

    code = "privacy_key"
    title = "The key of the privacy ledger cannot be used"


class SharedDocumentsError(ConflictError):
    """Documents of this person are about somebody else too."""

    code = "documents_shared"
    title = "Documents are about somebody else too"


class TrailBrokenError(AppError):
    """The audit trail is not as it was written."""

    code = "trail_broken"
    title = "The privacy trail was tampered with"
