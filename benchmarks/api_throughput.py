"""How many signed-in lists of ten documents a second the default service answers.

    uv run python benchmarks/api_throughput.py [PROJECT] [--rounds N] [--seconds N]

PROJECT is a rendered project with its environment; without it the default project is
rendered and installed. Beside it runs a bare FastAPI handler that asks PostgreSQL
through asyncpg for the same ten rows and returns the same JSON. Both have two Granian
workers on loopback and 32 connections of `wrk`, or of a small client of our own where
there is none. The two take turns, so that a busy machine slows both; the median ratio
is printed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

ROOT = Path(__file__).parents[1]
CONNECTIONS = 32
WORKERS = 2
DOCUMENTS = 10
LIST_PATH = f"/api/v1/documents?limit={DOCUMENTS}"
WANTED_RATIO = 0.3
PASSWORD = "a password of the benchmark"  # noqa: S105 - of a database that is thrown away
START_SECONDS = 60

# Run by the project's interpreter: keeps a database with ten documents until told.
DATABASE = """
import asyncio, sys
from {package}.core.settings import get_settings
from {package}.db.database import open_database
from {package}.db.development import development_database
from {package}.documents.schemas import DocumentCreate
from {package}.documents.service import DocumentService
from pydantic import SecretStr

async def fill(settings):
    service = DocumentService()
    async with open_database(settings, service="benchmark") as database:
        async with database.unit_of_work() as uow:
            there = await service.page(uow, limit=100)
            for number in range({documents} - len(there.items)):
                new = DocumentCreate(
                    source="https://example.com", title=f"Document {{number}}", text="x"
                )
                await service.create(uow, new)

settings = get_settings()
with development_database(settings) as url:
    filled = settings.model_copy(update={{"database_url": SecretStr(url)}})
    asyncio.run(fill(filled))
    print("ready", url, flush=True)
    sys.stdin.readline()
"""

# The other side: what can be had with nothing around it.
BARE = """
import os
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI, Request
from sqlalchemy.engine import make_url

QUERY = (
    "SELECT id, source, title, status, version, created_at, updated_at FROM documents "
    "WHERE deleted_at IS NULL ORDER BY id DESC LIMIT 10"
)

@asynccontextmanager
async def lifespan(app):
    url = make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql")
    dsn = url.render_as_string(hide_password=False)
    async with asyncpg.create_pool(dsn, min_size=4, max_size=9) as app.state.pool:
        yield

app = FastAPI(lifespan=lifespan)

@app.get("/api/v1/documents")
async def documents(request: Request):
    rows = await request.app.state.pool.fetch(QUERY)
    return {
        "data": [dict(row) for row in rows],
        "meta": {"cursor": None, "limit": 10},
        "links": {"next": None, "prev": None},
    }
"""


def main() -> int:
    """Measure and print; the exit code is 1 below the wanted ratio."""
    parser = argparse.ArgumentParser(description="Measure the list.")
    parser.add_argument("project", nargs="?", type=Path)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seconds", type=int, default=2)
    chosen = parser.parse_args()
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        project = (chosen.project or rendered(scratch / "project")).resolve()
        database_url = stack.enter_context(database(project, scratch))
        ours = stack.enter_context(serving(project, scratch, database_url))
        bare = stack.enter_context(serving_bare(project, scratch, database_url))
        token = signed_in(project, scratch, database_url, ours)
        same_documents(ours, bare, token)
        rates: dict[str, list[float]] = {"bare": [], "ours": []}
        for number in range(-1, chosen.rounds):
            for name, url in (("bare", bare), ("ours", ours)):
                rate = load(url + LIST_PATH, token, chosen.seconds)
                if number >= 0:  # the first turn only warms up
                    rates[name].append(rate)
    return report(rates)


def report(rates: dict[str, list[float]]) -> int:
    """Print rates and ratio; return the exit code."""
    ratios = [ours / bare for ours, bare in zip(*reversed(rates.values()), strict=True)]
    ratio = statistics.median(ratios)
    for name, values in rates.items():
        print(f"{name:<6} {statistics.median(values):8.0f} requests/s")
    shown = " ".join(f"{value:.2f}" for value in ratios)
    print(f"ratio  {ratio:8.2f}   (rounds: {shown}; wanted: {WANTED_RATIO})")
    return 0 if ratio >= WANTED_RATIO else 1


def rendered(folder: Path, *settings: str) -> Path:
    """Render the default project, or one that differs in these answers; install it."""
    command = [sys.executable, "-m", "groundplan", "new", str(folder), "--defaults"]
    command += [f"--set={setting}" for setting in settings]
    subprocess.run(command, check=True, cwd=ROOT)  # noqa: S603 - our own command
    return folder


def package_of(project: Path) -> str:
    """Name the project's package."""
    return next((project / "src").glob("*/bootstrap.py")).parent.name


def environment(scratch: Path, **more: str) -> dict[str, str]:
    """Settings of the service, and nothing of the developer's own."""
    return {
        "BASE_DIR": str(scratch),
        "ENVIRONMENT": "test",
        "LOG_FORMAT": "json",
        "PATH": os.environ["PATH"],
        "RATE_LIMIT_PER_MINUTE": "100000000",
        "SECRETS_DIR": os.devnull,
        "WORKERS": str(WORKERS),
    } | more


def python_of(project: Path) -> str:
    """Name the project's interpreter."""
    return str(project / ".venv" / "bin" / "python")


@contextmanager
def database(project: Path, scratch: Path) -> Generator[str]:
    """Keep a database with ten documents."""
    script = DATABASE.format(package=package_of(project), documents=DOCUMENTS)
    with subprocess.Popen(  # noqa: S603 - our own script
        [python_of(project), "-c", script],
        cwd=project,
        env=environment(scratch, LOG_LEVEL="ERROR"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        if process.stdout is None:
            raise SystemExit("no output")
        url = next(
            (line.split()[1] for line in process.stdout if line.startswith("ready ")),
            None,
        )
        if url is None:
            raise SystemExit("The database did not start.")
        try:
            yield url
        finally:
            process.communicate("\n", timeout=30)


@contextmanager
def serving(project: Path, scratch: Path, database_url: str) -> Generator[str]:
    """Run the service as in production, its log going to a file."""
    port = free_port()
    command = [python_of(project), "-m", package_of(project), "serve"]
    variables = environment(scratch, DATABASE_URL=database_url, PORT=str(port))
    with running(command, project, variables, scratch / "ours.log"):
        yield until_ready(port, "/health/ready")


@contextmanager
def serving_bare(project: Path, scratch: Path, database_url: str) -> Generator[str]:
    """Run the bare handler."""
    port = free_port()
    (scratch / "bare.py").write_text(BARE)
    command = [
        *(python_of(project), "-m", "granian", "--interface", "asgi"),
        *("--workers", str(WORKERS), "--port", str(port), "--no-ws", "bare:app"),
    ]
    variables = environment(scratch, DATABASE_URL=database_url)
    with running(command, scratch, variables, scratch / "bare.log"):
        yield until_ready(port, LIST_PATH)


@contextmanager
def running(
    command: list[str], folder: Path, variables: dict[str, str], log: Path
) -> Generator[None]:
    """Run a server for the enclosed code."""
    with (
        log.open("w") as file,
        subprocess.Popen(  # noqa: S603 - our own commands
            command, cwd=folder, env=variables, stdout=file, stderr=file
        ) as process,
    ):
        try:
            yield
        finally:
            process.terminate()


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until_ready(port: int, path: str) -> str:
    """Wait for an answer; return the address."""
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            fetch(url + path)
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return url
    raise SystemExit(f"Nothing answers at {url}{path}.")


def fetch(url: str, token: str = "", form: dict[str, str] | None = None) -> bytes:
    """Send one request."""
    data = urllib.parse.urlencode(form).encode() if form else None
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(url, data, headers)  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - the same
        return answer.read()


def signed_in(project: Path, scratch: Path, database_url: str, url: str) -> str:
    """Make a user and sign in."""
    create = ["-m", package_of(project), "users", "create", "bench", "--stdin"]
    subprocess.run(  # noqa: S603 - our own command
        [python_of(project), *create],
        check=True,
        cwd=project,
        env=environment(scratch, DATABASE_URL=database_url),
        input=PASSWORD,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    form = {"grant_type": "password", "username": "bench", "password": PASSWORD}
    return json.loads(fetch(f"{url}/api/v1/auth/token", form=form))["access_token"]


def same_documents(ours: str, bare: str, token: str) -> None:
    """Make sure that both sides answer with the same rows."""
    mine = json.loads(fetch(ours + LIST_PATH, token))["data"]
    theirs = json.loads(fetch(bare + LIST_PATH))["data"]
    if len(mine) != DOCUMENTS or [set(row) for row in mine] != [set(r) for r in theirs]:
        raise SystemExit("The two sides do not answer the same.")


def load(url: str, token: str, seconds: int) -> float:
    """Return requests a second over 32 connections; a wrong answer ends all."""
    if shutil.which("wrk") is None:
        return asyncio.run(load_ourselves(url, token, seconds))
    command = [
        *("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s"),
        *("-H", f"Authorization: Bearer {token}", url),
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - fixed
    if "Non-2xx" in done.stdout:
        raise SystemExit(done.stdout)
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    if found is None:
        raise SystemExit(done.stdout)
    return float(found[1])


async def load_ourselves(url: str, token: str, seconds: int) -> float:
    """The same with plain sockets, for machines without wrk."""
    parts = urllib.parse.urlsplit(url)
    request = (
        f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    ).encode()
    deadline = time.monotonic() + seconds

    async def one_connection() -> int:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        answered = 0
        while time.monotonic() < deadline:
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = re.search(rb"content-length: (\d+)", head)
            if not head.startswith(b"http/1.1 200") or length is None:
                raise SystemExit(head.decode())
            await reader.readexactly(int(length[1]))
            answered += 1
        writer.close()
        return answered

    started = time.monotonic()
    counts = await asyncio.gather(*(one_connection() for _ in range(CONNECTIONS)))
    return sum(counts) / (time.monotonic() - started)


if __name__ == "__main__":
    sys.exit(main())
