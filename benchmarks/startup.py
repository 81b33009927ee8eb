"""How long `groundplan --help` takes, beside an empty Python and Typer alone.

    uv run python benchmarks/startup.py [RUNS]

Prints ratios of the best wall times, measured in turn.
"""

from __future__ import annotations

import subprocess
import sys
import time

LIMIT = 1.15
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    'python -c "import typer"': [sys.executable, "-c", "import typer"],
    "groundplan --help": [sys.executable, "-m", "groundplan", "--help"],
    'python -c "import copier"': [sys.executable, "-c", "import copier"],
}


def main() -> int:
    """Measure and print; the exit code says whether the limit holds."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    best = dict.fromkeys(COMMANDS, float("inf"))
    for _ in range(runs):
        for name, command in COMMANDS.items():
            started = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - fixed
            best[name] = min(best[name], time.perf_counter() - started)
    bare, typer, *_ = best.values()
    for name, seconds in best.items():
        print(
            f"{name:<28} {seconds / bare:5.2f} x bare   {seconds / typer:5.2f} x typer"
            f"   ({seconds * 1000:.0f} ms)"
        )
    ours = best["groundplan --help"] / typer
    print(f"\nhelp / import typer       {ours:.2f}  (at most {LIMIT})")
    return int(ours > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
