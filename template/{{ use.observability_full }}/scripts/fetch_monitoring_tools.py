"""Copy Prometheus, Alertmanager and their tools out of the images that compose pins."""

import re
import subprocess
from pathlib import Path
from typing import Annotated

import typer

RECIPE = Path(__file__).resolve().parent.parent / "compose" / "observability.yaml"
TOOLS = {
    "prom/prometheus": ("prometheus", "promtool"),
    "prom/alertmanager": ("alertmanager", "amtool"),
}
TIMEOUT_SECONDS = 300


def docker(*arguments: str) -> str:
    """Run docker and return what it printed."""
    done = subprocess.run(
        ["docker", *arguments],
        capture_output=True,
        check=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
    )
    return done.stdout.strip()


def image_of(name: str) -> str:
    """Return the image with the tag that the recipe pins."""
    found = re.search(rf"^ *image: ({name}:\S+)$", RECIPE.read_text("utf-8"), re.M)
    if found is None:
        message = f"{RECIPE.name} names no image {name}"
        raise ValueError(message)
    return found[1]


def main(
    folder: Annotated[Path, typer.Argument(help="Where the programs are copied.")],
) -> None:
    """Copy the programs; the versions are the ones that run in production."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, tools in TOOLS.items():
        container = docker("create", image_of(name))
        for tool in tools:
            docker("cp", f"{container}:/bin/{tool}", str(folder / tool))
        docker("rm", container)
    print(f"{folder}: {', '.join(tool for tools in TOOLS.values() for tool in tools)}")


if __name__ == "__main__":
    typer.run(main)
