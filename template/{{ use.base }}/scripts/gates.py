"""Run recipes of the Justfile side by side; show the output of those that fail."""

import asyncio
import os
import signal
import time
from asyncio.subprocess import Process
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated

import typer

TIMEOUT_SECONDS = 900 * float(os.environ.get("TEST_PATIENCE", "1"))
"""No gate takes this long unless it hangs."""

GRACE_SECONDS = 5
"""Time for what a stopped gate has started to end in order."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one gate ended."""

    gate: str
    passed: bool
    seconds: float
    output: str


async def run(gate: str, seats: asyncio.Semaphore) -> Outcome:
    """Run one recipe once a seat is free, and say when it begins and ends."""
    async with seats:
        print(f"begin  {gate}", flush=True)
        started = time.perf_counter()
        process = await _start(gate)
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                output, _ = await process.communicate()
        except TimeoutError:
            output = f"stopped after {TIMEOUT_SECONDS:g} s\n".encode()
        finally:
            await _end(process)
    seconds = time.perf_counter() - started
    passed = process.returncode == 0
    print(f"{'ok    ' if passed else 'FAILED'} {gate:<12} {seconds:5.1f} s", flush=True)
    said = output.decode(errors="replace")
    for line in said.splitlines():
        if line.startswith("SKIPPED "):  # what was not checked is no secret
            print(f"       {line}", flush=True)
    return Outcome(gate, passed, seconds, said)


async def _start(gate: str) -> Process:
    """Start a recipe; told to stop meanwhile, end it with all that it has started."""
    starting = asyncio.create_task(
        asyncio.create_subprocess_exec(
            "just",
            gate,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        await _end(await starting)
        raise


async def _end(process: Process) -> None:
    """End what is left of a gate: whatever its recipe has started is in its group."""
    if process.returncode is None:
        _signal(process, signal.SIGTERM)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), GRACE_SECONDS)
    _signal(process, signal.SIGKILL)
    await process.wait()


def _signal(process: Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


async def run_all(gates: Sequence[str]) -> list[Outcome]:
    """Run the gates in this order, as many at once as there are processors."""
    loop = asyncio.get_running_loop()
    current = asyncio.current_task()
    if current is not None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, current.cancel)
    seats = asyncio.Semaphore(max(2, os.cpu_count() or 2))
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(run(gate, seats)) for gate in gates]
    return [task.result() for task in tasks]


def main(gates: Annotated[list[str], typer.Argument(help="Recipes to run.")]) -> None:
    """Run the gates, the longest first; exit with 1 when one of them fails."""
    try:
        outcomes = asyncio.run(run_all(gates))
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("stopped")
        raise typer.Exit(code=130) from None
    failed = [outcome for outcome in outcomes if not outcome.passed]
    for outcome in failed:
        print(f"\n--- {outcome.gate}: run it alone with `just {outcome.gate}`")
        print(outcome.output.rstrip())
    raise typer.Exit(code=1 if failed else 0)


if __name__ == "__main__":
    typer.run(main)
