"""`/api/v1/problems/{code}`: where the `type` of a problem leads (RFC 9457)."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from ..core.errors import NotFoundError
from .dependencies import problems
from .problems import TYPES_PATH, problem_types

router = APIRouter(prefix=TYPES_PATH, tags=["problems"])


class ProblemType(BaseModel):
    """A kind of error.

    Attributes:
        code: Its name for programs.
        title: Its name in words.
        status: The HTTP status that goes with it.
        description: When it happens.
    """

    model_config = ConfigDict(frozen=True)

    code: str = Field(examples=["not_found"])
    title: str = Field(examples=["Not found"])
    status: int = Field(examples=[404])
    description: str = Field(examples=["Nothing is there for this caller."])


@router.get("/{code}", summary="Explain an error", responses=problems(404, 422))
async def read_problem_type(
    code: Annotated[str, Path(max_length=64, description="Code of the error")],
) -> ProblemType:
    """Describe a kind of error."""
    for error in problem_types():
        if error.code == code:
            return ProblemType(
                code=code,
                title=error.title,
                status=error.status,
                description=error.explanation,
            )
    for status in HTTPStatus:
        if status >= HTTPStatus.BAD_REQUEST and _slug(status) == code:
            return ProblemType(
                code=code,
                title=status.phrase,
                status=status,
                description=status.description or status.phrase,
            )
    raise NotFoundError


def _slug(status: HTTPStatus) -> str:
    return status.phrase.lower().replace(" ", "_")
