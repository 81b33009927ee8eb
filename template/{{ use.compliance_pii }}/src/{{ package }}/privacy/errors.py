"""What can go wrong around personal data (S2 §16.2)."""

from ..core.errors import AppError, ConflictError


class UnclassifiedError(AppError):
    """A column has no class, so nobody knows how to treat it (S0 §15.4)."""

    code = "unclassified_column"
    title = "A column has no class"


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


class UnknownRuleError(AppError):
    """A period is set for a rule of retention that does not exist."""

    code = "unknown_retention_rule"
    title = "There is no such rule of retention"
