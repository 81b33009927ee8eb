"""`groundplan new`: ask, render all at once, then git, lock, install, first commit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .. import console

if TYPE_CHECKING:
    from ..grid.model import Grid
    from ..project.adapter import ProjectTemplate
    from ..project.answers import Answer
    from ..project.interrupts import Progress
    from ..project.source import CheckedOut, TemplateSource
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
        report = _make(request, progress)
        _set_up(request, report, progress)
    print_report(request, report)
    if request.start and not request.dry_run:
        from ..project.steps import start

        if request.as_json:
            console.only_stderr()  # stdout has its one document already
        start(request.target)


def _make(request: Request, progress: Progress) -> Report:
    """Answer everything and write the files; either all of them or none."""
    from ..grid.load import load_grid
    from ..project import source, staging
    from .report import Report

    grid = load_grid()
    given = _given(request, grid)
    origin = source.find_source()
    staging.check_place(request.target, None if origin.is_bundle else origin.repository)
    earlier = _earlier(request)
    if earlier:
        given = {**earlier, **given}
    else:
        staging.check_target(request.target)
    with source.checked_out(origin) as checked_out:
        _say_what_differs(origin, checked_out)
        from ..project.adapter import ProjectTemplate

        template = ProjectTemplate(checked_out, request.target.name)
        answers = _complete(request, template, grid, given)
        report = Report(grid, answers, checked_out.address, checked_out.commit)
        report.is_resumed = bool(earlier)
        _write(request, template, report, progress)
    return report


def _earlier(request: Request) -> dict[str, Answer]:
    """The answers of an interrupted run, when this one can go on with its project."""
    from ..project.answers import Answer, Origin
    from ..project.resume import unfinished

    if request.dry_run or not (request.git or request.install):
        return {}
    found = unfinished(request.target) or {}
    return {name: Answer(value, Origin.EARLIER) for name, value in found.items()}


def _say_what_differs(origin: TemplateSource, template: CheckedOut) -> None:
    """Say where the project's template is not what somebody may think."""
    if origin.uncommitted():
        console.note(
            f"The template has uncommitted changes: they are left out, "
            f"the project is commit {template.commit}."
        )
    if not origin.is_public:
        console.note(
            f"This checkout has no public remote: the project remembers its folder, "
            f"{origin.address}, as its template, which other machines do not have."
        )
    elif not origin.is_published():
        console.note(
            f"{origin.address} may not have commit {template.commit} yet: push it "
            f"before the project's first update."
        )


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
    asks = not request.defaults and console.is_terminal() and not request.as_json
    if not asks and "project_name" not in given:
        _check_name(request.target.name, template)
    if request.defaults:
        return {**given, **suggested}
    from ..wizard.dialogue import ask, unanswered

    if asks:
        return ask(template, grid, given, suggested)
    missing = unanswered(template, grid, given)
    if missing:
        from ..errors import MissingAnswersError

        message = f"no terminal to ask at, and no answer to: {', '.join(missing)}."
        hint = "add --defaults to take the defaults, or --set NAME=VALUE for each"
        raise MissingAnswersError(message, hint)
    return given


def _check_name(name: str, template: ProjectTemplate) -> None:
    """Refuse a directory's name that cannot be the project's, as the one it is."""
    reason = template.refusal("project_name", name, {})
    if reason:
        from ..errors import InvalidAnswerError

        message = f"the directory's name, {name!r}, is no project name. {reason}"
        hint = (
            'name the project apart from its directory: --set project_name="…"; '
            "`groundplan explain project_name` says what fits"
        )
        raise InvalidAnswerError(message, hint)


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
    request: Request, template: ProjectTemplate, report: Report, progress: Progress
) -> None:
    """Render, and note in the report what there is and what is left to do."""
    from ..project import resume, staging, typed
    from ..project.answers import values
    from ..project.scratch import temporary

    answers = values(report.given)
    if request.dry_run:
        report.rendered = template.render(answers, request.target, pretend=True)
        return
    if report.is_resumed:
        with temporary("compare") as directory:
            again = directory / "project"
            report.rendered = template.render(answers, again)
            resume.check_same(request.target, again)
        _plan(request, report, request.target)
        _keep(request, report, progress)
        console.note(f"going on with the project in {request.target}")
        return
    with staging.staged(request.target) as stage:
        typed.look_ahead(stage.aside, report.answer("python_version"))
        with console.step(f"render {request.target.name}"):
            report.rendered = template.render(answers, stage.project)
        _plan(request, report, stage.project)
        with progress.undisturbed():
            stage.commit()
            _keep(request, report, progress)
        typed.uv_as_typed(request.target)  # asked beside the project, which goes now


def _plan(request: Request, report: Report, project: Path) -> None:
    from ..project.steps import plan
    from ..project.typed import INSTALL_UV, uv_is_missing

    name = report.slug
    report.planned = plan(project, name, git=request.git, install=request.install)
    if request.install and uv_is_missing(project):
        report.by_hand_first = [INSTALL_UV]


def _keep(
    request: Request, report: Report, progress: Progress, *, done: int = 0
) -> None:
    """From here on a stop keeps the project and says which steps are left."""
    from ..project.typed import changing_to

    left = [step.by_hand for step in report.planned[done:]]
    first = [changing_to(request.shown), *report.by_hand_first]
    progress.rest = [*first, *dict.fromkeys(left)] if left else []
    progress.kept = request.target


def _set_up(request: Request, report: Report, progress: Progress) -> None:
    """Run the steps after rendering; keep the project when one fails."""
    from ..errors import SetupError
    from ..project.steps import run_step

    for position, step in enumerate(report.planned, start=1):
        try:
            with console.step(step.title):
                note = run_step(step, request.target)
        except SetupError as problem:
            told = (problem.hint, progress.hint)
            problem.hint = "\n".join(text for text in told if text)
            raise
        if note:
            console.note(note)
        with progress.undisturbed():
            report.steps.append(step.title)
            _keep(request, report, progress, done=position)
