"""`serve`, `dev`, `openapi`: run and describe the API (S2 §24.2)."""

import os
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Final

import typer
from pydantic import SecretStr

from ..accounts.administration import UserAdministration
from ..accounts.errors import UserExistsError
from ..accounts.passwords import generate
from ..bootstrap import Container
from ..command import prepare, run_with_container
from ..core.console import err
from ..core.settings import Settings, get_settings
from ..db.development import development_database
from . import server

DEMO_USER: Final = "demo"
_CONTRACT: Final = Path("m2m/openapi.json")


def serve() -> None:
    """Serve the API until SIGTERM, then finish what has begun (S2 §13.8)."""
    settings = prepare()
    environment = os.environ.copy()
    if settings.workers > 1:
        # The workers' metrics meet in this folder. The library looks for it once, when
        # it is imported, and it has been: hence the fresh process.
        environment["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="metrics-")
    module = server.__name__
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, "-m", module], environment)  # noqa: S606 - ourselves


def dev() -> None:
    """Serve for development: a database, example data, a user, reload on change."""
    settings = prepare()
    with development_database(settings) as address:
        os.environ["DATABASE_URL"] = address
        get_settings.cache_clear()  # the worker reads them anew
        here = settings.model_copy(
            update={"database_url": SecretStr(address), "workers": 1}
        )
        password = run_with_container(_demo_user, here)
        _greet(here, password)
        server.serve(here, reload=True)


def openapi(
    check: Annotated[
        bool, typer.Option("--check", help="Compare with the file, write nothing.")
    ] = False,
) -> None:
    """Write the API's description to m2m/openapi.json (S4 Architecture)."""
    from .contract import contract_json  # noqa: PLC0415 - only this needs FastAPI

    text = contract_json()
    if not check:
        _CONTRACT.parent.mkdir(parents=True, exist_ok=True)
        _CONTRACT.write_text(text, encoding="utf-8")
    elif not _CONTRACT.is_file() or _CONTRACT.read_text(encoding="utf-8") != text:
        err.print(f"{_CONTRACT} is not what the code says.\n\nhint: just openapi")
        raise typer.Exit(1)


async def _demo_user(container: Container) -> str | None:
    """Make the demo user; its password exists only in what is printed now."""
    password = generate()
    accounts = container.accounts
    users = UserAdministration(accounts.passwords, accounts.throttle)
    try:
        async with container.database.unit_of_work() as uow:
            await users.create(uow, DEMO_USER, password)
    except UserExistsError:
        return None
    return password


def _greet(settings: Settings, password: str | None) -> None:
    base = f"http://{settings.host}:{settings.port}"
    shown = password or "<the password of the first start>"
    lines = [
        f"docs:    {base}/docs",
        f"health:  {base}/health/ready",
        f"user:    {DEMO_USER}   password: {shown}",
        "sign in:",
        f"  curl -s {base}/api/v1/auth/token -d grant_type=password "
        f"-d username={DEMO_USER} --data-urlencode 'password={shown}'",
        f'  curl -s {base}/api/v1/documents -H "Authorization: Bearer $TOKEN"',
    ]
    if password is None:
        lines.append(f"another password: users set-password {DEMO_USER} --generate")
    err.print("\n".join(lines), markup=False)
