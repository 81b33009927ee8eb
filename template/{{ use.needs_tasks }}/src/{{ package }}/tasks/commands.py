"""Looking at tasks and helping them on from the command line."""

from typing import Annotated
from uuid import UUID

import typer

from ..bootstrap import Container
from ..command import run_with_container
from ..db.description import keep
from .catalogue import TASKS
from .dead_letters import DeadLetters
from .description import PATH, tasks_json
from .models import Task, TaskStatus
from .recovery import TaskKeeper
from .runner import DrainReport, TaskRunner

app = typer.Typer(help="Look at tasks, retry or cancel them.", no_args_is_help=True)

_DETAILS = (
    "progress",
    "progress_note",
    "error_category",
    "queued_at",
    "started_at",
    "retry_after",
    "finished_at",
    "processing_time_ms",
    "lease_owner",
    "lease_expires_at",
    "losses",
    "created_by",
    "request_id",
)

TaskIdArgument = Annotated[UUID, typer.Argument(help="Id of the task.")]


@app.command("list")
def list_tasks(
    status: Annotated[
        TaskStatus | None, typer.Option(help="Only these; `dead` for dead letters.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 50,
) -> None:
    """List tasks, newest first."""

    async def read(container: Container) -> None:
        async with container.database.unit_of_work() as uow:
            tasks = await container.tasks.newest(
                uow.session, status=status, limit=limit
            )
        for task in tasks:
            _show(task)

    run_with_container(read)


@app.command()
def show(task_id: TaskIdArgument) -> None:
    """Show one task with its times and its last failure, but without its input."""

    async def read(container: Container) -> None:
        async with container.database.unit_of_work() as uow:
            task = await container.tasks.get(uow.session, task_id)
        _show(task)
        for name in _DETAILS:
            value = getattr(task, name)
            if value is not None:
                typer.echo(f"  {name}: {value}")

    run_with_container(read)


@app.command()
def purge() -> None:
    """Delete tasks that ended longer ago than their retention."""

    async def delete(container: Container) -> int:
        settings = container.settings
        return await TaskKeeper(container.database, settings, settings).purge()

    typer.echo(f"deleted: {run_with_container(delete)}")


@app.command()
def retry(task_id: TaskIdArgument) -> None:
    """Queue a dead or cancelled task again."""

    async def revive(container: Container) -> None:
        async with container.database.unit_of_work() as uow:
            _show(await container.tasks.retry(uow.session, task_id))

    run_with_container(revive)


@app.command()
def cancel(task_id: TaskIdArgument) -> None:
    """Cancel a waiting task, or ask the worker of a running one to give up."""

    async def stop(container: Container) -> None:
        async with container.database.unit_of_work() as uow:
            _show(await container.tasks.cancel(uow.session, task_id))

    run_with_container(stop)


@app.command()
def run() -> None:
    """Recover what was lost, run what is due, and end; exit code 1 if a run stopped."""

    async def drain(container: Container) -> DrainReport:
        settings = container.settings
        keeper = TaskKeeper(container.database, settings, settings)
        await keeper.recover(DeadLetters(container, TASKS).give_up)
        return await TaskRunner(container, TASKS).drain()

    report = run_with_container(drain)
    for outcome, count in sorted(report.counts.items()):
        typer.echo(f"{outcome}: {count}")
    if report.stop_reason is not None:
        typer.echo(f"stopped: {report.stop_reason}", err=True)
        raise typer.Exit(1)


@app.command()
def describe(
    check: Annotated[
        bool, typer.Option("--check", help="Compare with the file, write nothing.")
    ] = False,
) -> None:
    """Write what the tasks and queues are to m2m/tasks.json."""
    keep(PATH, tasks_json(), check=check, again="just tasks describe")


def _show(task: Task) -> None:
    typer.echo(
        f"{task.id}  {task.status:<9}  {task.attempts}/{task.max_attempts}"
        f"  {task.name}  {task.error_message or ''}".rstrip()
    )
