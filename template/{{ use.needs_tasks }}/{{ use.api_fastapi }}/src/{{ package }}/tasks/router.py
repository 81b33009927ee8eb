"""`/api/v1/tasks` and the work that a request only starts."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic_core import to_json

from ..accounts.principal import Principal, Scope
from ..api.dependencies import PROTECTED, ContainerDependency, caller_with, problems
from ..db.unit_of_work import UnitOfWork
from .errors import TaskNotFoundError
from .models import FINISHED, Task
from .schemas import TaskRead

_PREFIX: Final = "/api/v1/tasks"
_ASK_AGAIN_SECONDS: Final = 1

router = APIRouter(prefix="/api/v1", tags=["tasks"], responses=problems(*PROTECTED))

Reader = Annotated[Principal, caller_with(Scope.DOCUMENTS_READ)]
Writer = Annotated[Principal, caller_with(Scope.DOCUMENTS_WRITE)]
DocumentId = Annotated[UUID, Path(description="Id of the document")]
TaskId = Annotated[UUID, Path(description="Id of the task")]


@router.post(
    "/documents/{document_id}/process",
    summary="Prepare a document again",
    status_code=202,
    response_model=TaskRead,
    responses=problems(404),
)
async def process_document(
    document_id: DocumentId, caller: Writer, container: ContainerDependency
) -> Response:
    """Queue the preparation of a document's text; `Location` says where to ask.

    A repetition for the same version of the document answers with the same task.
    """
    async with container.database.unit_of_work() as uow:
        document = await container.documents.read(
            uow, document_id, changed_by=caller.owner
        )
        task = await container.processor.queue(uow.session, document)
    return _represent(task, status=202)


@router.get(
    "/tasks/{task_id}",
    summary="Read a task",
    response_model=TaskRead,
    responses=problems(404),
)
async def read_task(
    task_id: TaskId, caller: Reader, container: ContainerDependency
) -> Response:
    """Say how far a task is; `Retry-After` is there until it has ended."""
    async with container.database.unit_of_work() as uow:
        task = await _own(container, uow, task_id, caller)
    return _represent(task)


@router.post(
    "/tasks/{task_id}/cancel",
    summary="Cancel a task",
    status_code=202,
    response_model=TaskRead,
    responses=problems(404),
)
async def cancel_task(
    task_id: TaskId, caller: Writer, container: ContainerDependency
) -> Response:
    """Cancel a waiting task, or ask the worker to give up; an ended one stays."""
    async with container.database.unit_of_work() as uow:
        await _own(container, uow, task_id, caller)
        task = await container.tasks.cancel(uow.session, task_id)
    return _represent(task, status=202)


async def _own(
    container: ContainerDependency, uow: UnitOfWork, task_id: UUID, caller: Principal
) -> Task:
    """Return a task of this caller; others' do not exist for them.

    Raises:
        TaskNotFoundError: There is none of this id for this caller.
    """
    task = await container.tasks.get(uow.session, task_id)
    if caller.owner not in {None, task.created_by}:
        message = f"There is no task {task_id}."
        raise TaskNotFoundError(message)
    return task


def _represent(task: Task, *, status: int = 200) -> Response:
    headers = {"Location": f"{_PREFIX}/{task.id}"}
    if task.status not in FINISHED:
        headers["Retry-After"] = str(_ASK_AGAIN_SECONDS)
    return Response(
        to_json(TaskRead.model_validate(task)),
        status,
        headers,
        media_type="application/json",
    )
