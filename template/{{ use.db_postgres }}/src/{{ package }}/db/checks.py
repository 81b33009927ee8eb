"""What has to hold of the database before the service begins its work."""

from typing import TYPE_CHECKING

from .history import MigrationError
from .migrate import status

if TYPE_CHECKING:
    from ..bootstrap import Container


async def check_schema(container: "Container") -> None:
    """Refuse to work on a schema that is older than this code.

    Raises:
        MigrationError: A migration has not been applied.
        UnavailableError: The server does not answer.
    """
    await container.database.ping()
    applied = await status(container.database.engine)
    missing = [head for head, done in applied.items() if not done]
    if missing:
        message = f"These migrations have not been applied: {', '.join(missing)}."
        raise MigrationError(message, hint="Run: db migrate.")
