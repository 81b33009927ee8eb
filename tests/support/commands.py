"""Running the `groundplan` command in tests, on a template of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.render import GIT_ENVIRONMENT

# What a test's own process does first: use the test's template, then be slow on
# demand, so that it can be stopped in the middle of a render.
PROLOGUE = """
import sys, time
from pathlib import Path
from groundplan.project import source
source.CHECKOUT = Path({template!r})
source.BUNDLE = Path("/nonexistent")
if {slow!r}:
    from groundplan.project.rendering import QuickWorker
    write, count = QuickWorker._write, []
    def slow(self, *args, **kwargs):
        write(self, *args, **kwargs)
        count.append(1)
        if len(count) == 5:
            print("half-way", file=sys.stderr, flush=True)
            time.sleep(600)
    QuickWorker._write = slow
from groundplan.cli import main
main()
"""


def command(template: Path, *arguments: str, slow: bool = False) -> list[str]:
    """The command line of a `groundplan` that renders this template."""
    program = PROLOGUE.format(template=str(template), slow=slow)
    return [sys.executable, "-c", program, *arguments]


def environment(**more: str) -> dict[str, str]:
    """Without the user's own git configuration and without colours."""
    return {**os.environ, **GIT_ENVIRONMENT, "NO_COLOR": "1", "TERM": "dumb", **more}


def groundplan(
    template: Path, folder: Path, *arguments: str, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run it in a folder, without a terminal."""
    return subprocess.run(
        command(template, *arguments),
        cwd=folder,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
