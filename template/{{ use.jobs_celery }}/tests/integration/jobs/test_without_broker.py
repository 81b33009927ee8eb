"""Development without a broker: one process takes the rows itself."""

from tests.fixtures.sample_tasks import echo
from tests.fixtures.tasks import Workshop
from tests.fixtures.workers import becomes, working


async def test_worker_does_without_a_broker_in_development(workshop: Workshop) -> None:
    assert workshop.container.settings.broker_url is None
    task = await workshop.enqueue(echo)
    async with working(workshop):
        await becomes(workshop, task.id, "succeeded")
