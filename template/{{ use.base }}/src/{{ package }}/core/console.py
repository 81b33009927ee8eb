"""What commands print: results to standard output, all else to standard error."""

import sys
from typing import Final

from rich.console import Console

from .errors import AppError

out: Final = Console(soft_wrap=True, highlight=False)
err: Final = Console(stderr=True, soft_wrap=True, highlight=False)


def report(error: AppError) -> None:
    """Print what happened and, after a blank line, what to do about it."""
    err.print(str(error), markup=False, style="bold red" if sys.stderr.isatty() else "")
    if error.hint:
        err.print(f"\nhint: {error.hint}", markup=False)
