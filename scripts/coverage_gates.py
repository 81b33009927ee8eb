"""Hold the coverage of lines and of branches, each on its own (S2 §8, S4).

A blended figure of 80 % can hide that half of the branches are never taken. Reads the
data of the last `just test`; exits 1 when a gate is missed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

GATE = 80.0
"""Per cent."""


def main() -> int:
    """Print both figures and return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        command = [
            sys.executable,
            "-m",
            "coverage",
            "json",
            "--quiet",
            "-o",
            str(report),
        ]
        subprocess.run(command, check=True)
        totals = json.loads(report.read_text())["totals"]
    lines = 100 * totals["covered_lines"] / max(totals["num_statements"], 1)
    branches = 100 * totals["covered_branches"] / max(totals["num_branches"], 1)
    print(f"coverage: {lines:.1f} % of lines, {branches:.1f} % of branches")
    missed = [
        name for name, is_ in (("lines", lines), ("branches", branches)) if is_ < GATE
    ]
    if missed:
        print(f"error: less than {GATE:.0f} % of {' and of '.join(missed)}")
        print("\nhint: `uv run coverage report` lists what no test reaches")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
