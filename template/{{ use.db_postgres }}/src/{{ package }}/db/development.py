"""Gives development a migrated database when none is named."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Final

from ..core.settings import Settings
from .admin import create_database
from .embedded import embedded_server
from .roles import ROLES, with_logins
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
    from .provision import provide  # noqa: PLC0415

    folder = settings.base_dir / "var" / "postgres"
    with embedded_server(folder) as server:
        complete = with_logins(settings, server.set(database=_NAME))
        await create_database(server, _NAME)
        await provide(complete)
        if migrated:
            await upgrade(complete)
        yield complete


@contextmanager
def development_database(settings: Settings) -> Generator[dict[str, str]]:
    """Keep a migrated and seeded database running for the enclosed code.

    Args:
        settings: With or without a database.

    Yields:
        Its addresses, as variables for the processes that work on it.
    """
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            database = given_or_embedded(settings)
            complete = runner.run(stack.enter_async_context(database))
            runner.run(seed(complete))
            yield _variables(complete)
        finally:
            runner.run(stack.aclose())


def _variables(settings: Settings) -> dict[str, str]:
    addresses = {role.setting: getattr(settings, role.setting) for role in ROLES}
    return {
        name.upper(): address.get_secret_value()
        for name, address in addresses.items()
        if address is not None
    }
