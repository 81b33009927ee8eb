"""All that the commands know of Copier; import it inside them, it costs 0.4 s.

Only this module and `rendering` import Copier.
"""

# pyright: reportPrivateUsage=false, reportUnknownMemberType=false

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from copier._settings import SettingsModel
from copier._template import Template
from copier._user_data import Question

from ..errors import GroundplanError, InvalidAnswerError, TemplateError
from ..grid.load import raw_questions
from .rendered import Rendered, RenderedFile
from .rendering import FAULTS, QuickWorker, answers_refused
from .storage import storage_problem
from .tree import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from .source import CheckedOut


@dataclass(frozen=True)
class OpenQuestion:
    """A question that is visible and has no answer yet.

    Attributes:
        name: The row or kickoff field.
        default: What Copier would answer.
        refusal: Why a value is no answer here; empty when it is one.
    """

    name: str
    default: Any
    refusal: Callable[[object], str]


class ProjectTemplate:
    """The template at one commit, ready to ask and to render."""

    def __init__(self, checked_out: CheckedOut, folder_name: str) -> None:
        """Prepare what every question and every render shares.

        Args:
            checked_out: The template's files.
            folder_name: The name of the project's directory, the default project name.
        """
        self._checked_out = checked_out
        self._tree = tree(checked_out)
        self._folder_name = folder_name
        self._kept: dict[str, Any] = {"template": _template(checked_out)}

    def render(
        self, answers: Mapping[str, Any], directory: Path, *, pretend: bool = False
    ) -> Rendered:
        """Render into a directory of its own.

        Args:
            answers: Visible answers; the others take their defaults.
            directory: Where to write; it must not exist or be empty.
            pretend: Whether to write nothing.

        Raises:
            InvalidAnswerError: An answer is refused; the message has the reason.
            TargetError: The directory cannot be written, or the disk is full.
            TemplateError: The template itself is at fault.
        """
        with _translated(), self._worker(answers, directory, pretend=pretend) as worker:
            worker.run_copy()
            remembered = worker.remembered()
        return Rendered(
            files=tuple(RenderedFile(*item) for item in sorted(worker.written.items())),
            answers=remembered,
        )

    def open_question(self, answers: Mapping[str, Any]) -> OpenQuestion | None:
        """The first visible question without an answer, or None when all have one.

        Raises:
            InvalidAnswerError: One of the answers is refused.
        """
        with _translated(), self._worker(answers, Path(), pretend=True) as worker:
            for question in worker.asked():
                if question.var_name not in answers:
                    return _opened(question)
        return None

    def refusal(self, name: str, value: object, answers: Mapping[str, Any]) -> str:
        """Why a value is no answer to a question; empty when it is one."""
        with _translated(), self._worker(answers, Path(), pretend=True) as worker:
            for question in worker.asked():
                if question.var_name == name:
                    return _opened(question).refusal(value)
        return ""

    def _worker(
        self, answers: Mapping[str, Any], directory: Path, *, pretend: bool
    ) -> QuickWorker:
        worker = QuickWorker(
            src_path=self._checked_out.address,
            dst_path=directory,
            data=dict(answers),
            settings=SettingsModel(),  # not the user's own defaults and trust
            defaults=True,
            quiet=True,
            pretend=pretend,
            cleanup_on_error=False,
        )
        worker.prepare(self._folder_name, self._tree)
        vars(worker).update(self._kept)
        # The environment knows the template's directory alone, no answer.
        self._kept["jinja_env"] = worker.jinja_env
        return worker


def _opened(question: Question) -> OpenQuestion:
    def refusal(answer: object) -> str:
        try:
            with answers_refused():
                question.validate_answer(question.parse_answer(answer))
        except InvalidAnswerError as problem:
            return problem.message
        return ""

    # A default that the validator refuses (a folder name that is no project name)
    # is still worth showing.
    default = question.render_value(question.default)
    return OpenQuestion(question.var_name, default, refusal)


def _template(checked_out: CheckedOut) -> Template:
    """Copier's view of files that are read already: it clones nothing."""

    def read(path: Path) -> str:
        return checked_out.files[path.as_posix()].decode()

    template = Template(url=checked_out.address, ref=checked_out.commit)
    vars(template).update(
        vcs="git",
        local_abspath=Path(checked_out.address),
        commit=checked_out.commit,
        _raw_config=_with_choices(configuration(Path("copier.yml"), read)),
    )
    return template


def _with_choices(questions: dict[str, Any]) -> dict[str, Any]:
    """Each row's choices as the mapping that its `choices` template renders to."""
    for question in questions.values():
        if isinstance(question, dict) and "x_options" in question:
            options = cast("dict[str, dict[str, Any]]", question["x_options"])
            question["choices"] = {
                facts["title"]: option for option, facts in options.items()
            }
    return questions


def configuration(
    path: Path, read: Callable[[Path], str] = Path.read_text
) -> dict[str, Any]:
    """What Copier's own loader returns, by a parser that is ten times as fast.

    Args:
        path: The `copier.yml`.
        read: Where the text of a file comes from.
    """
    merged: dict[str, Any] = {}
    for document in _flat(raw_questions(path, read)):
        excluded = [*merged.get("_exclude", []), *document.get("_exclude", [])]
        merged.update(document)
        if excluded:
            merged["_exclude"] = excluded
    return merged


def _flat(documents: list[Any]) -> Generator[dict[str, Any]]:
    for document in documents:
        if isinstance(document, list):
            yield from _flat(cast("list[Any]", document))
        elif document:
            yield document


@contextmanager
def _translated() -> Generator[None]:
    """Turn what Copier and the file system raise into errors with a hint."""
    try:
        yield
    except GroundplanError:
        raise
    except OSError as problem:
        raise storage_problem(problem) from problem
    except FAULTS as problem:
        message = f"the template cannot be rendered: {problem}"
        hint = "this is a fault of Groundplan: report it"
        raise TemplateError(message, hint) from problem
