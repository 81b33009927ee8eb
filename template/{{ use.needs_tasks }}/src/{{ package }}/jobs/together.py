"""Loops of one process that begin and end together."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def run_together(stop: asyncio.Event, *loops: Coroutine[Any, Any, None]) -> None:
    """Run loops until `stop` is set; when one of them ends or fails, so do the others.

    Args:
        stop: What every loop watches.
        loops: None of them ends before `stop` is set, unless it fails.

    Raises:
        BaseException: What a loop failed with.
    """
    tasks = [asyncio.ensure_future(loop) for loop in loops]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        await asyncio.wait(tasks)
    finally:
        for task in tasks:
            task.cancel()
    for task in tasks:
        task.result()
