"""What `groundplan new` was asked, and what it tells in the end."""

from __future__ import annotations

import json
import shlex
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import typer

from .. import console
from ..errors import GroundplanError
from ..project.answers import Origin
from ..project.rendered import Rendered
from ..project.steps import Step, commit_by_hand
from ..project.typed import (
    INSTALL_UV,
    changing_to,
    ourselves_as_typed,
    uv_as_typed,
    uv_is_missing,
)

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from ..grid.model import Grid
    from ..project.answers import Answer

_UNOWNED = """
Nobody owns it yet: CODEOWNERS and SECURITY.md say owner@example.com. Say who does, when
all is committed: uvx copier update --vcs-ref=:current: --defaults --data=owner=@you"""


@dataclass(frozen=True)
class Request:
    """What `groundplan new` was asked to do.

    Attributes:
        target: The project's directory, absolute.
        shown: The same as it was typed.
    """

    target: Path
    shown: str
    defaults: bool
    settings: tuple[str, ...]
    answers_file: Path | None
    dry_run: bool
    install: bool
    git: bool
    as_json: bool
    start: bool


@dataclass
class Report:
    """What was made, from which answers.

    Attributes:
        address: Where the project's template is.
        planned: The steps after rendering.
        by_hand_first: What has to be typed before any of them can be.
        steps: The titles of those that are done.
    """

    grid: Grid
    given: dict[str, Answer]
    address: str
    commit: str
    rendered: Rendered = field(default_factory=lambda: Rendered((), {}))
    is_resumed: bool = False
    planned: list[Step] = field(default_factory=list[Step])
    by_hand_first: list[str] = field(default_factory=list[str])
    steps: list[str] = field(default_factory=list[str])

    @property
    def slug(self) -> str:
        """The project's name in messages."""
        return str(self.rendered.answers["project_name"])

    @property
    def size(self) -> int:
        """All files together, in bytes."""
        return sum(file.size for file in self.rendered.files)

    def answer(self, row: str) -> str:
        """The option of a row, before anything is rendered."""
        given, known = self.given.get(row), self.grid.row(row)
        default = known.default if known else ""
        return str(given.value) if given else default

    def origin(self, name: str) -> Origin:
        """Where an answer came from."""
        return self.given[name].origin if name in self.given else Origin.DEFAULT

    @property
    def owner_is_missing(self) -> bool:
        """Whether the owner is nobody, since nobody said who it is."""
        field = self.grid.field("owner")
        owner = self.answers().get("owner")
        return field is not None and owner == field.default

    def answers(self) -> dict[str, Any]:
        """The visible answers in the order of the questions."""
        remembered = self.rendered.answers
        return {
            name: remembered[name] for name in self.grid.names if name in remembered
        }


def again(request: Request, report: Report) -> str:
    """The exact command that would make the same project again."""
    # A name with a hyphen in front would be an option.
    target = ["--", request.shown] if request.shown.startswith("-") else []
    words = [*ourselves_as_typed(), "new", *([] if target else [request.shown])]
    words.append("--defaults")
    for name, value in report.answers().items():
        if _is_default(report, name, value):
            continue
        if isinstance(value, dict):
            entries = value.items()  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] - YAML is anything
            for key, text in entries:  # pyright: ignore[reportUnknownVariableType] - YAML is anything
                words += ["--set", f"{name}.{key}={text}"]
        else:
            words += ["--set", f"{name}={value}"]
    if not request.install:
        words.append("--no-install")
    if not request.git:
        words.append("--no-git")
    return shlex.join([*words, *target])


def _is_default(report: Report, name: str, value: object) -> bool:
    """Whether the same answer would come again without a word."""
    question = report.grid.field(name)
    if question is not None and question.changes_daily:
        return False
    row = report.grid.row(name)
    is_rows_own = row is not None and row.default == value
    origin = report.origin(name)
    return origin is Origin.DEFAULT or (origin is Origin.EARLIER and is_rows_own)


def next_steps(request: Request, report: Report) -> list[str]:
    """What to type next, in a project that is there."""
    uv = shlex.join(uv_as_typed(request.target))
    steps = [changing_to(request.shown)]
    if uv_is_missing(request.target):
        steps.append(INSTALL_UV)
    if not request.git:
        steps.append("git init -b main")
    if not (request.install and request.git):
        steps.append(f"{uv} run just install")
    if not request.git:
        steps.append(commit_by_hand(report.slug))
    return [*steps, f"{uv} run just dev", f"{uv} run just test"]


def print_report(request: Request, report: Report) -> None:
    """Say what was made, as one JSON document or for people."""
    if request.as_json:
        typer.echo(json.dumps(_document(request, report), indent=2))
        return
    files = report.rendered.files
    out = console.stdout()
    if request.dry_run:
        for file in files:
            out.print(f"{file.size:>9}  {file.path}", markup=False)
        out.print(f"{report.size:>9}  bytes in {len(files)} files; nothing written")
        return
    out.print(f"\n{report.slug} is ready: {len(files)} files in {request.target}")
    out.print("\nNext:\n")
    for line in next_steps(request, report):
        out.print(f"  {line}", markup=False)
    if report.owner_is_missing:
        console.note(_UNOWNED)
    out.print(
        f"\nThe same project again:\n\n  {again(request, report)}\n", markup=False
    )


@contextmanager
def json_on_error(*, enabled: bool) -> Generator[None]:
    """With `--json`, an error is a document too; an unforeseen one keeps its traceback.

    Raises:
        Exit: With the error's exit code.
    """
    try:
        yield
    except GroundplanError as problem:
        if not enabled:
            raise
        print_failure(problem.message, problem.hint, problem)
        raise typer.Exit(problem.exit_code) from problem
    except Exception as problem:
        if enabled:
            print_failure(str(problem), "this is a fault of Groundplan", problem)
        raise


def print_failure(message: str, hint: str, problem: Exception) -> None:
    """Print an error as one JSON document."""
    error = {
        "message": message,
        "hint": hint,
        "kind": type(problem).__name__,
        "exit_code": getattr(problem, "exit_code", 1),
    }
    typer.echo(json.dumps({"ok": False, "error": error}, indent=2))


def _document(request: Request, report: Report) -> dict[str, Any]:
    return {
        "ok": True,
        "path": str(request.target),
        "written": not request.dry_run,
        "resumed": report.is_resumed,
        "template": {"address": report.address, "commit": report.commit},
        "answers": {
            name: {"value": value, "origin": report.origin(name).value}
            for name, value in report.answers().items()
        },
        "files": [
            {"path": file.path, "bytes": file.size} for file in report.rendered.files
        ],
        "bytes": report.size,
        "steps": report.steps,
        "next": [] if request.dry_run else next_steps(request, report),
        "again": again(request, report),
    }
