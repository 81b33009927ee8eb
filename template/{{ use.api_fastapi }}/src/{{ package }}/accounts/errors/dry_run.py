"""What cannot be done while nothing may be written."""

from ...core.errors import UnavailableError


class DryRunError(UnavailableError):
    """Sessions and passwords would have to be written; a dry run writes nothing."""

    code = "dry_run"
    title = "The service is trying itself out"
    explanation = (
        "The service is being tried out and keeps nothing, so nobody can sign in or "
        "change a password until that is over."
    )
