"""`serve`, `openapi`: run and describe the API."""

import os
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Final

import typer

from ..command import prepare
from ..core.console import err
from . import server
from .ports import require_free

_CONTRACT: Final = Path("m2m/openapi.json")


def serve() -> None:
    """Serve the API until SIGTERM, then finish what has begun.

    Raises:
        UnavailableError: Somebody else listens on the port.
    """
    settings = prepare()
    require_free(settings.host, settings.port)
    environment = os.environ.copy()
    if settings.workers > 1:
        # The workers' metrics meet in this folder. The library looks for it once, when
        # it is imported, and it has been: hence the fresh process.
        environment["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="metrics-")
    module = server.__name__
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, "-m", module], environment)  # noqa: S606 - ourselves


def openapi(
    check: Annotated[
        bool, typer.Option("--check", help="Compare with the file, write nothing.")
    ] = False,
) -> None:
    """Write the API's description to m2m/openapi.json."""
    from .contract import contract_json  # noqa: PLC0415 - only this needs FastAPI

    text = contract_json()
    if not check:
        _CONTRACT.parent.mkdir(parents=True, exist_ok=True)
        _CONTRACT.write_text(text, encoding="utf-8")
    elif not _CONTRACT.is_file() or _CONTRACT.read_text(encoding="utf-8") != text:
        err.print(f"{_CONTRACT} is not what the code says.\n\nhint: just openapi")
        raise typer.Exit(1)
