"""Hold lines and branches each to the project's least coverage.

coverage.py compares `fail_under` with the blend of both, which can hide that half of
the branches never ran. Reads the data that `pytest --cov` has just written.
"""

import json
import sys
import tempfile
from pathlib import Path

from coverage import Coverage


def percentages(data_file: Path) -> dict[str, float]:
    """Return the covered share of lines and of branches, in percent.

    Args:
        data_file: What the measured test run has written.

    Raises:
        coverage.exceptions.CoverageException: The file is missing or holds nothing.
    """
    coverage = Coverage(data_file=str(data_file))
    coverage.load()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        coverage.json_report(outfile=str(report))
        totals = json.loads(report.read_text(encoding="utf-8"))["totals"]
    return {
        "lines": _percent(totals["covered_lines"], totals["num_statements"]),
        "branches": _percent(totals["covered_branches"], totals["num_branches"]),
    }


def _percent(covered: int, all_of_them: int) -> float:
    """Return a share in percent; nothing to cover is covered."""
    return 100.0 * covered / all_of_them if all_of_them else 100.0


def main() -> int:
    """Print both gates; return 1 when one of them is not met."""
    least = float(str(Coverage().get_option("report:fail_under")))
    failed = False
    for name, percent in percentages(Path(".coverage")).items():
        failed = failed or percent < least
        verdict = "is under" if percent < least else "meets"
        print(f"coverage of {name}: {percent:.1f} % {verdict} {least:.0f} %")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
