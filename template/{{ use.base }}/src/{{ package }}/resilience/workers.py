"""One item of a batch, run on the event loop, in a thread or in a process."""

import asyncio
import inspect
import multiprocessing
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, cast

from ..core.errors import AppError
from .config import ExecutionMode
from .errors import TimeLimitError

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext, SpawnContext

type Work[Item, Result] = Callable[[Item], Result | Awaitable[Result]]

_JOIN_SECONDS = 5.0
_START_SECONDS = 60.0


class WorkerLostError(AppError):
    """The process that worked on an item died before it could answer."""

    code = "worker_lost"
    title = "A worker process died"


async def run_item[Item, Result](
    work: Work[Item, Result], item: Item, mode: ExecutionMode, seconds: float
) -> Result:
    """Run the work on one item in the given mode, within a time limit.

    A coroutine is cancelled and a process killed when the time is over. A thread cannot
    be stopped: it is left behind, as a daemon that never holds up the exit.

    Args:
        work: A function or coroutine function; for processes an importable one.
        item: Its only argument; for processes one that can be pickled.
        mode: Where it runs.
        seconds: Time limit.

    Raises:
        TimeLimitError: If the time is over.
        WorkerLostError: If its process died.
        Exception: Whatever the work raises.
    """
    if mode == "asyncio" and inspect.iscoroutinefunction(work):
        return await _finish(cast("Awaitable[Result]", work(item)), seconds)
    if mode == "processes":  # which measures from when the process is there
        return await _in_thread(partial(_in_process, work, item, seconds))
    return await _finish(_in_thread(partial(_call, work, item, seconds)), seconds)


def _call[Item, Result](work: Work[Item, Result], item: Item, seconds: float) -> Result:
    result = work(item)
    if inspect.isawaitable(result):
        return asyncio.run(_finish(cast("Awaitable[Result]", result), seconds))
    return result


async def _finish[Result](awaitable: Awaitable[Result], seconds: float) -> Result:
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            return await awaitable
    except TimeoutError as error:
        if limit.expired():
            raise TimeLimitError(seconds) from error
        raise


async def _in_thread[Result](call: Callable[[], Result]) -> Result:
    future: Future[Result] = Future()

    def run() -> None:
        try:
            result = call()
        except BaseException as error:  # noqa: BLE001 - it is raised where it is awaited
            with suppress(InvalidStateError):
                future.set_exception(error)
        else:
            with suppress(InvalidStateError):  # nobody waits for it any more
                future.set_result(result)

    threading.Thread(target=run, daemon=True, name="BatchWorker").start()
    return await asyncio.wrap_future(future)


def _in_process[Item, Result](
    work: Work[Item, Result], item: Item, seconds: float
) -> Result:
    context = _context(work.__module__)
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(
        target=_answer, args=(theirs, work, item, seconds), daemon=True
    )
    process.start()
    theirs.close()
    try:
        if not ours.poll(_START_SECONDS):
            raise TimeLimitError(_START_SECONDS)
        ours.recv()  # it is there, and has imported the work
        if not ours.poll(seconds):
            raise TimeLimitError(seconds)
        succeeded, value = cast("tuple[bool, Any]", ours.recv())
    except EOFError:
        raise WorkerLostError from None
    finally:
        process.kill()
        process.join(_JOIN_SECONDS)
        ours.close()
    if not succeeded:
        raise value
    return cast("Result", value)


def _context(module: str) -> "SpawnContext | ForkServerContext":
    """Return a way to start processes that copies no thread's half-done work."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([module])  # imported once, not in each process
    return context


def _answer(
    pipe: Connection, work: Work[Any, Any], item: object, seconds: float
) -> None:
    pipe.send(None)
    try:
        answer: tuple[bool, Any] = (True, _call(work, item, seconds))
    except Exception as error:  # noqa: BLE001 - the parent raises it
        answer = (False, error)
    pipe.send(answer)
