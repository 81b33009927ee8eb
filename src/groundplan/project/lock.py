"""Locks a new project's dependencies at the versions that were tested together.

uv takes constraints from the project alone, and there they would bind its owner. So a
copy with constraints is locked first, and the project then keeps the versions of that
lock, as it keeps those of any lock that is there.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from ..errors import GroundplanError
from .scratch import temporary
from .steps import uv_binary

CONSTRAINTS = Path(__file__).with_name("constraints.txt")
"""One requirement on each line; `just constraints` writes them."""

_TABLE = "[tool.uv]\n"


def lock(project: Path) -> bool:
    """Write the project's `uv.lock`.

    Args:
        project: Has a `pyproject.toml`, and no lock that matters.

    Returns:
        Whether uv found such versions; it has said why not.
    """
    with temporary("lock") as copy:
        for name in ("pyproject.toml", ".python-version"):
            shutil.copy(project / name, copy)
        _constrain(copy / "pyproject.toml")
        if not _uv_lock(copy):
            return False
        shutil.copy(copy / "uv.lock", project)
    # All that is needed is in the cache by now, unless somebody has switched it off.
    return _uv_lock(project, "--offline", complain=False) or _uv_lock(project)


def constraints() -> list[str]:
    """The versions that were tested together, as requirements."""
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def _constrain(pyproject: Path) -> None:
    text = pyproject.read_text(encoding="utf-8")
    setting = f"constraint-dependencies = {json.dumps(constraints())}\n"
    pyproject.write_text(text.replace(_TABLE, _TABLE + setting, 1), encoding="utf-8")


def _uv_lock(folder: Path, *options: str, complain: bool = True) -> bool:
    done = subprocess.run(  # noqa: S603 - our own uv, no shell
        (uv_binary(), "lock", "--quiet", *options),
        cwd=folder,
        stderr=None if complain else subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0


def _stop(_number: int, _frame: object) -> None:
    """A signal: leave, and clean up on the way."""
    sys.exit(1)


def main() -> None:
    """Lock the project in the current directory."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        done = lock(Path.cwd())
    except GroundplanError as problem:
        sys.exit(f"{problem.message}\n\nhint: {problem.hint}")
    if not done:
        sys.exit(
            "If versions do not fit each other: these were tested together, "
            "`uv lock` takes the newest."
        )


if __name__ == "__main__":
    main()
