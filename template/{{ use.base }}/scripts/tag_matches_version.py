"""Check that a release's tag names the version in pyproject.toml.

Tags are SemVer (`v1.2.0-rc.1`), the package's version is PEP 440 (`1.2.0rc1`): both
are read as PEP 440 and compared.
"""

import tomllib
from pathlib import Path

import typer
from packaging.version import Version


def main(tag: str) -> None:
    """Exit with 1 when the tag and the project's version differ."""
    text = Path("pyproject.toml").read_text(encoding="utf-8")
    version = Version(tomllib.loads(text)["project"]["version"])
    if Version(tag.removeprefix("v")) != version:
        print(f"{tag} is not the version in pyproject.toml, {version}.\n")
        print(f"hint: set the version first, or push the tag v{version}")
        raise typer.Exit(code=1)


if __name__ == "__main__":
    typer.run(main)
