"""Run recipes of the Justfile side by side; show the output of those that fail."""

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

TIMEOUT_SECONDS = 900
"""No gate takes this long unless it hangs."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one gate ended."""

    gate: str
    passed: bool
    seconds: float
    output: str


async def run(gate: str, seats: asyncio.Semaphore) -> Outcome:
    """Run one recipe once a seat is free, and print one line about it."""
    async with seats:
        started = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            "just",
            gate,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                output, _ = await process.communicate()
        except TimeoutError:
            process.kill()
            output = f"stopped after {TIMEOUT_SECONDS} s\n".encode()
        finally:
            await process.wait()
    seconds = time.perf_counter() - started
    passed = process.returncode == 0
    print(f"{'ok    ' if passed else 'FAILED'} {gate:<12} {seconds:5.1f} s", flush=True)
    said = output.decode(errors="replace")
    for line in said.splitlines():
        if line.startswith("SKIPPED "):  # what was not checked is no secret
            print(f"       {line}", flush=True)
    return Outcome(gate, passed, seconds, said)


async def run_all(gates: Sequence[str]) -> list[Outcome]:
    """Run the gates, as many at once as there are processors."""
    seats = asyncio.Semaphore(max(2, os.cpu_count() or 2))
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(run(gate, seats)) for gate in gates]
    return [task.result() for task in tasks]


def main(gates: Annotated[list[str], typer.Argument(help="Recipes to run.")]) -> None:
    """Run the gates; exit with 1 when one of them fails."""
    failed = [outcome for outcome in asyncio.run(run_all(gates)) if not outcome.passed]
    for outcome in failed:
        print(f"\n--- {outcome.gate}: run it alone with `just {outcome.gate}`")
        print(outcome.output.rstrip())
    raise typer.Exit(code=1 if failed else 0)


if __name__ == "__main__":
    typer.run(main)
