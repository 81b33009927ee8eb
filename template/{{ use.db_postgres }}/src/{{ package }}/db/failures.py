"""What failures of the database mean for the work that met them."""

from sqlalchemy import exc

from ..resilience.categories import ErrorCategory, register_category


def register_database_failures() -> None:
    """Teach the kit SQLAlchemy's errors: what the server refuses, it refuses again."""
    for refused in (exc.IntegrityError, exc.DataError, exc.ProgrammingError):
        register_category(refused, ErrorCategory.PERMANENT)
    for unreachable in (exc.InterfaceError, exc.OperationalError):
        register_category(unreachable, ErrorCategory.NETWORK)
    for brief in (exc.DBAPIError, exc.TimeoutError):
        register_category(brief, ErrorCategory.TRANSIENT)
