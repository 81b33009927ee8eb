"""What every request and answer must keep to: hosts, sizes, times, headers."""

from .body import BodyLimitMiddleware
from .headers import SecurityHeadersMiddleware
from .hosts import TrustedHostMiddleware
from .time_limits import TimeoutMiddleware, time_limit

__all__ = [
    "BodyLimitMiddleware",
    "SecurityHeadersMiddleware",
    "TimeoutMiddleware",
    "TrustedHostMiddleware",
    "time_limit",
]
