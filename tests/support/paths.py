"""Where things stand in the repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "template"
GRID = ROOT / "src" / "groundplan" / "grid"
ROWS = GRID / "rows"
RESOURCES = GRID / "resources"


def tracked_files(*under: str) -> list[Path]:
    """Return the repository's files that Git tracks or would track, sorted."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard", "--", *under],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found = {ROOT / name for name in listed.split("\0") if name}
    return sorted(path for path in found if path.is_file())
