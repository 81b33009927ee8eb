"""Complete `.env` for Docker Compose on this machine; what is there stays as it is.

`python scripts/local_env.py API_HOST=localhost POSTGRES_PASSWORD` adds the first with
its value, and the second, if it is missing, with a random one.
"""

import secrets
from pathlib import Path
from typing import Annotated

import typer

FILE = Path(".env")


def main(
    variables: Annotated[list[str], typer.Argument(help="NAME=value, or NAME alone.")],
) -> None:
    """Append what is missing; nobody else may read the file."""
    text = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
    present = {line.partition("=")[0].strip() for line in text.splitlines()}
    wanted = {name: value for name, _, value in (v.partition("=") for v in variables)}
    added = {
        name: value or secrets.token_hex(24)
        for name, value in wanted.items()
        if name not in present
    }
    if not added:
        return
    lines = "".join(f"{name}={value}\n" for name, value in added.items())
    separator = "" if text.endswith("\n") or not text else "\n"
    FILE.touch(mode=0o600)
    FILE.write_text(text + separator + lines, encoding="utf-8")
    print(f"added to {FILE}: {', '.join(added)}")


if __name__ == "__main__":
    typer.run(main)
