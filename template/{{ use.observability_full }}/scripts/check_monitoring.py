"""Check what Prometheus and Alertmanager will load, and run the rules' unit tests."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

ROOT = Path(__file__).resolve().parent.parent
PROMETHEUS = ROOT / "ops" / "prometheus"
ALERTMANAGER = ROOT / "ops" / "alertmanager" / "alertmanager.yml"
TIMEOUT_SECONDS = 300


def commands() -> list[list[str]]:
    """Return the checks, each as a command."""
    rules = sorted(str(path) for path in (PROMETHEUS / "rules").glob("*.yaml"))
    tests = sorted(str(path) for path in (PROMETHEUS / "tests").glob("*.yaml"))
    configuration = str(PROMETHEUS / "prometheus.yml")
    return [
        # the token that the file names exists where Prometheus runs, not here
        ["promtool", "check", "config", "--syntax-only", configuration],
        ["promtool", "check", "rules", *rules],
        ["promtool", "test", "rules", *tests],
        ["amtool", "check-config", str(ALERTMANAGER)],
    ]


def absent() -> list[str]:
    """Return the tools that are not installed."""
    return [tool for tool in ("promtool", "amtool") if shutil.which(tool) is None]


def passes(command: list[str]) -> bool:
    """Run one check; print what it says when it fails."""
    done = subprocess.run(
        command, capture_output=True, check=False, text=True, timeout=TIMEOUT_SECONDS
    )
    said = done.stdout + done.stderr
    ok = done.returncode == 0 and not re.search(r"\bFAILED\b", said)
    print(f"{'ok    ' if ok else 'FAILED'} {' '.join(command[:3])}")
    if not ok:
        print(said, file=sys.stderr)
    return ok


def main(
    *,
    require: Annotated[
        bool, typer.Option(help="Fail instead of skipping when a tool is absent.")
    ] = False,
) -> None:
    """Run every check; exit with 1 when one fails."""
    missing = absent()
    if missing:
        names = " and ".join(missing)
        print(f"SKIPPED monitoring: {names} not installed, the rules were not checked")
        print("hint: install the packages prometheus and prometheus-alertmanager")
        raise typer.Exit(code=1 if require else 0)
    results = [passes(command) for command in commands()]
    raise typer.Exit(code=0 if all(results) else 1)


if __name__ == "__main__":
    typer.run(main)
