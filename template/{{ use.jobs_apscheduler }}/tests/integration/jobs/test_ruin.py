"""A task that ends the worker process costs nothing but itself."""

import asyncio

import pytest

from tests.fixtures.ruinous_worker import (
    EXIT_CODE,
    exits,
    innocent,
)
from tests.fixtures.tasks import Workshop
from tests.fixtures.workers import Workers, becomes

pytestmark = pytest.mark.validation

RUINOUS_WORKER = ("-m", "tests.fixtures.ruinous_worker")


async def test_task_that_ruins_the_process_is_given_up_and_its_neighbours_are_done(
    workshop: Workshop, workers: Workers
) -> None:
    ruinous = await workshop.enqueue(exits)
    innocents = [await workshop.enqueue(innocent) for _ in range(5)]
    for _ in range(3):  # twice in company, and once alone
        process = workers.start(RUINOUS_WORKER).process
        assert await asyncio.to_thread(process.wait) == EXIT_CODE
    workers.start(RUINOUS_WORKER)
    await becomes(workshop, ruinous.id, "dead")
    for task in innocents:
        await becomes(workshop, task.id, "succeeded")
        assert (await workshop.read(task.id)).attempts == 1
    left = await workshop.read(ruinous.id)
    assert (left.attempts, left.losses) == (1, 3)
    assert "ran alone" in (left.error_message or "")
