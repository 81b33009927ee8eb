"""A worker beside the API that is being developed."""

import contextlib
from collections.abc import Generator
from multiprocessing import get_context
from typing import Final

from .command import worker

_LONGEST_STOP_SECONDS: Final = 10


@contextlib.contextmanager
def worker_beside() -> Generator[None]:
    """Run a worker for as long as the enclosed code; it inherits the environment."""
    process = get_context("spawn").Process(target=worker, name="worker")
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join(_LONGEST_STOP_SECONDS)
        if process.is_alive():
            process.kill()
            process.join()
