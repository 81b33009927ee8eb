"""`groundplan new`: ask, render all at once, then git, lock, install, first commit."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .. import console

if TYPE_CHECKING:
    from ..grid.model import Grid
    from ..project.adapter import ProjectTemplate
    from ..project.answers import Answer
    from ..project.interrupts import Progress
    from ..project.rendered import Rendered
    from .report import Report, Request


def new(  # noqa: PLR0913 - each option is one parameter
    directory: Annotated[
        str, typer.Argument(metavar="DIR", help="The directory of the new project.")
    ],
    *,
    defaults: Annotated[
        bool, typer.Option("--defaults", help="Ask nothing; take every default.")
    ] = False,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="Answer a row or a kickoff field: --set db=postgres "
            '--set owner=@me --set reasons.db="why". May be repeated.',
        ),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(
            "--answers",
            metavar="FILE",
            help="Take answers from a YAML file, and defaults for the rest.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List files and bytes; write nothing.")
    ] = False,
    no_install: Annotated[
        bool, typer.Option("--no-install", help="Do not lock and install.")
    ] = False,
    no_git: Annotated[
        bool, typer.Option("--no-git", help="Make no repository and no commit.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document on stdout.")
    ] = False,
    start: Annotated[
        bool, typer.Option("--start", help="Run the project in the end.")
    ] = False,
) -> None:
    """Make a project in DIR, by a dialogue or from flags, and set it up."""
    from ..project.staging import absolute
    from .report import Request, json_on_error

    with json_on_error(enabled=as_json):
        request = Request(
            target=absolute(directory),
            shown=directory,
            defaults=defaults or answers is not None,
            settings=tuple(settings or ()),
            answers_file=answers,
            dry_run=dry_run,
            install=not no_install,
            git=not no_git,
            as_json=as_json,
            start=start,
        )
        _run(request)


def _run(request: Request) -> None:
    from ..project.interrupts import interruptible
    from .report import print_report

    with interruptible() as progress:
        report = _make(request)
        if not request.dry_run:
            progress.kept = request.target
            _set_up(request, report, progress)
    print_report(request, report)
    if request.start and not request.dry_run:
        from ..project.setup import start

        if request.as_json:
            console.only_stderr()  # stdout has its one document already
        start(request.target)


def _make(request: Request) -> Report:
    """Answer everything and write the files; either all of them or none."""
    from ..grid.load import load_grid
    from ..project import source, staging
    from .report import Report

    grid = load_grid()
    given = _given(request, grid)
    staging.check_target(request.target)
    origin = source.find_source()
    with source.checked_out(origin) as checked_out:
        if origin.uncommitted():
            console.note(
                f"The template has uncommitted changes: they are left out, "
                f"the project is commit {checked_out.commit}."
            )
        from ..project.adapter import ProjectTemplate

        template = ProjectTemplate(checked_out, request.target.name)
        answers = _complete(request, template, grid, given)
        rendered = _write(request, template, answers)
    return Report(grid, answers, rendered, checked_out.address, checked_out.commit)


def _given(request: Request, grid: Grid) -> dict[str, Answer]:
    """The answers on the command line and in the file; a flag beats the file."""
    from ..project.answers import from_file, from_settings

    file = request.answers_file
    from_answers = from_file(file, grid) if file is not None else {}
    return {**from_answers, **from_settings(request.settings, grid, from_answers)}


def _complete(
    request: Request,
    template: ProjectTemplate,
    grid: Grid,
    given: dict[str, Answer],
) -> dict[str, Answer]:
    """Ask for what is missing, or leave it to the defaults.

    Raises:
        MissingAnswersError: Something is missing and there is nobody to ask.
    """
    suggested = _suggested(template, given)
    if request.defaults:
        return {**given, **suggested}
    from ..wizard.dialogue import ask, unanswered

    if console.is_terminal() and not request.as_json:
        return ask(template, grid, given, suggested)
    missing = unanswered(template, grid, given)
    if missing:
        from ..errors import MissingAnswersError

        message = f"no terminal to ask at, and no answer to: {', '.join(missing)}."
        hint = "add --defaults to take the defaults, or --set NAME=VALUE for each"
        raise MissingAnswersError(message, hint)
    return given


def _suggested(
    template: ProjectTemplate, given: dict[str, Answer]
) -> dict[str, Answer]:
    """The owner from git's configuration, where it is an owner that the grid takes."""
    from ..project.answers import Answer, Origin, values
    from ..project.git import git_setting

    if "owner" in given:
        return {}
    address = git_setting("user.email")
    if not address or template.refusal("owner", address, values(given)):
        return {}
    return {"owner": Answer(address, Origin.GIT)}


def _write(
    request: Request, template: ProjectTemplate, answers: dict[str, Answer]
) -> Rendered:
    from ..project import staging
    from ..project.answers import values

    if request.dry_run:
        return template.render(values(answers), request.target, pretend=True)
    with staging.staged(request.target) as stage:
        with console.step(f"render {request.target.name}"):
            rendered = template.render(values(answers), stage.project)
        stage.commit()
    return rendered


def _set_up(request: Request, report: Report, progress: Progress) -> None:
    """Run the steps after rendering; keep the project when one fails."""
    from ..errors import SetupError
    from ..project.setup import plan, run_step

    name = report.slug
    steps = plan(request.target, name, git=request.git, install=request.install)
    for position, step in enumerate(steps):
        rest = list(dict.fromkeys(later.by_hand for later in steps[position:]))
        progress.rest = [f"cd {shlex.quote(request.shown)}", *rest]
        try:
            with console.step(step.title):
                run_step(step, request.target)
        except SetupError as problem:
            problem.hint = progress.hint
            raise
        report.steps.append(step.title)
