"""Other hosts and the way to them."""

from ...core.errors import UnavailableError


class OfflineError(UnavailableError):
    """The network did not come back within the time allowed."""

    code = "offline"
    title = "The network is unreachable"


class CircuitOpenError(UnavailableError):
    """A host failed too often and is not called for a while."""

    code = "circuit_open"
    title = "A service that this one depends on is failing"
