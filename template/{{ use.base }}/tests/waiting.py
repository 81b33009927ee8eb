"""How long tests wait for what must happen: long enough for a busy machine."""

import os
from typing import Final

_SCALE: Final = float(os.environ.get("TIME_LIMIT_SCALE", "1"))


def patient(seconds: float) -> float:
    """Return a limit for this machine; `TIME_LIMIT_SCALE=4` makes it four times."""
    return seconds * _SCALE
