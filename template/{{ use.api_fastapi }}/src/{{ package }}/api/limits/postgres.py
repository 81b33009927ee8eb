"""Buckets in PostgreSQL: one statement for all callers that ask at a time.

The connection is this part's own. In the pool a count would wait behind the requests
that it lets through.
"""

import time
from collections.abc import Sequence
from typing import Any, Final

import asyncpg  # type: ignore[import-untyped] # pyright: ignore[reportMissingTypeStubs] - has no types

from ... import SERVICE
from ...core.errors import UnavailableError
from ...db.config import DatabaseSettings
from ...db.pool import connect_arguments, connect_parameters
from .bucket import ROUNDING, WINDOW, Ask, Taken

# What the row of a new caller would be is also what an old one asks for. As much is
# granted as there is. All workers lock rows in the same order: none waits for another.
_TAKE: Final = f"""
INSERT INTO rate_limits AS kept (caller, full_at, granted)
SELECT caller, extract(epoch FROM now()) + wanted * step, wanted
FROM unnest($1::bytea[], $2::int[], $3::float8[]) AS asked (caller, wanted, step)
ORDER BY caller
ON CONFLICT (caller) DO UPDATE SET (full_at, granted) = (
    SELECT now_at + missing + given * step, given
    FROM (SELECT extract(epoch FROM now())::float8 AS now_at) AS clock,
    LATERAL (SELECT
        greatest(kept.full_at - now_at, 0) AS missing,
        (excluded.full_at - now_at) / excluded.granted AS step
    ) AS bucket,
    LATERAL (SELECT greatest(0, least(
        excluded.granted, floor(({WINDOW} - missing) / step + {ROUNDING})
    ))::int AS given) AS there
)
RETURNING caller, granted, full_at - extract(epoch FROM now())::float8
"""  # noqa: S608 # nosec B608 - two numbers of this code
_TIDY: Final = """
DELETE FROM rate_limits WHERE caller IN (
    SELECT caller FROM rate_limits WHERE full_at < extract(epoch FROM now())
    LIMIT 10000 FOR UPDATE SKIP LOCKED
)
"""
_TIDY_SECONDS: Final = 60.0


class PostgresCounter:
    """Counts in the table `rate_limits`."""

    name = "postgres"

    def __init__(self, settings: DatabaseSettings) -> None:
        """Take the address; the connection is made at the first count."""
        self._settings = settings
        self._connection: Any = None
        self._tidied_at = time.monotonic()

    async def take(self, asked: Sequence[Ask]) -> list[Taken]:
        """Take tokens in one round trip.

        Raises:
            UnavailableError: The server does not answer.
        """
        columns = (
            [ask.key for ask in asked],
            [ask.wanted for ask in asked],
            [ask.step for ask in asked],
        )
        try:
            connection = await self._connected()
            rows = await connection.fetch(_TAKE, *columns)
            await self._tidy(connection)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            await self.close()
            raise UnavailableError from error
        except BaseException:  # cut off: the answer would be taken for the next one's
            await self.close()
            raise
        found = {row[0]: Taken(row[1], row[2]) for row in rows}
        return [found[ask.key] for ask in asked]

    async def close(self) -> None:
        """End the connection, without a word to a server that may not listen."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def _connected(self) -> Any:  # noqa: ANN401 - the driver has no types
        if self._connection is None or self._connection.is_closed():
            settings = self._settings
            untyped: Any = asyncpg
            connection: Any = await untyped.connect(
                **connect_parameters(settings),
                **connect_arguments(settings, service=SERVICE),
            )
            self._connection = connection
        return self._connection

    async def _tidy(self, connection: Any) -> None:  # noqa: ANN401 - as above
        """Delete full buckets now and then: they say nothing."""
        now = time.monotonic()
        if now - self._tidied_at > _TIDY_SECONDS:
            self._tidied_at = now
            await connection.execute(_TIDY)
