"""Gives development a migrated database when none is named."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Final

from pydantic import SecretStr

from ..core.settings import Settings
from .admin import create_database
from .embedded import embedded_server
from .seed import seed

_NAME: Final = "service"


@asynccontextmanager
async def given_or_embedded(
    settings: Settings, *, migrated: bool = True
) -> AsyncGenerator[Settings]:
    """Use the given database, or in development and tests an embedded one.

    The embedded one lives in `<BASE_DIR>/var/postgres` and is migrated before use; a
    given one is left as it is.

    Args:
        settings: With or without a database.
        migrated: Whether the embedded one gets its schema first.

    Yields:
        The settings with a database.
    """
    if settings.database_url is not None:
        yield settings
        return
    # Only for here, and a tenth of a second of each process.
    from .migrate import upgrade  # noqa: PLC0415

    folder = settings.base_dir / "var" / "postgres"
    with embedded_server(folder) as server:
        address = server.set(database=_NAME).render_as_string(hide_password=False)
        complete = settings.model_copy(update={"database_url": SecretStr(address)})
        await create_database(server, _NAME)
        if migrated:
            await upgrade(complete)
        yield complete


@contextmanager
def development_database(settings: Settings) -> Generator[str]:
    """Keep a migrated and seeded database running for the enclosed code.

    Args:
        settings: With or without a database.

    Yields:
        Its URL, for `DATABASE_URL` of the processes that serve it.
    """
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            database = given_or_embedded(settings)
            complete = runner.run(stack.enter_async_context(database))
            runner.run(seed(complete))
            yield complete.database_address.render_as_string(hide_password=False)
        finally:
            runner.run(stack.aclose())
