"""The only module that imports Copier; import it inside commands, it costs 0.4 s.

Copier's public functions spend one `git config` process on each written file and
compile every part of every path again. The worker here keeps what cannot change
while a new directory is filled, and renders the same bytes. It touches private
parts of Copier, which `pyproject.toml` holds to one minor version.
"""

# pyright: reportPrivateUsage=false, reportUnknownMemberType=false

from __future__ import annotations

import errno
import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from copier import Phase
from copier._jinja_ext import SandboxedEnvironment
from copier._main import Worker
from copier._settings import SettingsModel
from copier._template import Template
from copier._types import MISSING
from copier._user_data import AnswersMap, Question
from copier.errors import CopierError
from jinja2 import Template as JinjaTemplate
from jinja2.exceptions import TemplateError as JinjaError
from plumbum import ProcessExecutionError

from ..errors import (
    DiskFullError,
    GroundplanError,
    InvalidAnswerError,
    NotWritableError,
    TemplateError,
)
from ..grid.load import raw_questions

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from .source import CheckedOut

_FAULTS = (
    CopierError,
    JinjaError,
    ProcessExecutionError,
    ValueError,
    TypeError,
    KeyError,
    AssertionError,
)
_PREFIX = re.compile(
    r"^(Validation error for question '(?P<question>\w+)': "
    r"|Invalid choice for '(?P<choice>\w+)': )"
)


@dataclass(frozen=True)
class RenderedFile:
    """One file of the project.

    Attributes:
        path: Relative to the project's root, with `/`.
        size: In bytes.
    """

    path: str
    size: int


@dataclass(frozen=True)
class Rendered:
    """What a render wrote.

    Attributes:
        files: In the order of their paths.
        answers: Every visible answer, as `.copier-answers.yml` keeps it.
    """

    files: tuple[RenderedFile, ...]
    answers: dict[str, Any]


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


@dataclass(frozen=True)
class _PlainText:
    """Text without anything to compile, where Copier expects a template."""

    text: str

    def render(self, *_: object, **__: object) -> str:
        """The text itself."""
        return self.text


class _Worker(Worker):
    """Copier's worker for a directory that did not exist before.

    What a render asks for again and again is kept: the context, rendered parts of
    paths, the name of the answers file. No file of a new directory is in a git
    index, so there is none to synchronise.
    """

    def prepare(self, folder_name: str) -> None:
        """Set what Copier's own constructor has no place for.

        Args:
            folder_name: The directory's final name, the project's default name.
        """
        self._folder_name = folder_name
        self._kept_context: dict[str, Any] | None = None
        self._kept_parts: dict[str, str] = {}
        self._kept_answers_path: Path | None = None
        self.written: dict[str, int] = {}

    @cached_property
    def jinja_env(self) -> SandboxedEnvironment:
        """Copier's environment, which compiles each text of a question only once."""
        environment = super().jinja_env
        compiled: dict[str, JinjaTemplate] = {}
        compile_text = environment.from_string

        def from_string(source: str) -> JinjaTemplate:
            if not isinstance(source, str):  # pyright: ignore[reportUnnecessaryIsInstance] - Copier relies on the TypeError
                raise TypeError(source)
            if source not in compiled:
                plain = "{" not in source and "\r" not in source
                compiled[source] = (
                    cast("JinjaTemplate", _PlainText(source))
                    if plain
                    else compile_text(source)
                )
            return compiled[source]

        vars(environment)["from_string"] = from_string
        return environment

    def _render_context(self) -> dict[str, Any]:
        if self._kept_context is not None:
            return self._kept_context
        context = cast("dict[str, Any]", super()._render_context())
        context["_folder_name"] = self._folder_name
        return context

    def _ask(self) -> None:
        with _answers_refused():
            super()._ask()
        for name in self.data:
            if name in self.answers.hidden:
                message = f"{name} has no effect beside the other answers."
                condition = self.template.questions_data[name].get("when", "")
                raise InvalidAnswerError(
                    message, f"it is asked only when {_readable(condition)}"
                )

    def asked(self) -> Generator[Question]:
        """Copier's own loop over the questions; yields the visible ones in order.

        What is not answered takes its default, once the caller has seen the question.
        """
        self.answers = AnswersMap(init=self.data, metadata=self.template.metadata)
        for name, details in self.template.questions_data.items():
            with Phase.use(Phase.PROMPT):
                question = Question(
                    answers=self.answers,
                    context=self._render_context(),
                    jinja_env=self.jinja_env,
                    settings=self.settings,
                    var_name=name,
                    **details,
                )
                visible = question.get_when()
            if visible:
                yield question
            else:
                self.answers.hide(name)
            with _answers_refused():
                answer = question.get_default()
            if answer is not MISSING:
                self.answers.user[name] = answer

    def remembered(self) -> dict[str, Any]:
        """What the project's answers file keeps."""
        return dict(self._answers_to_remember())

    def _render_template(self) -> None:
        self._kept_answers_path = super().answers_relpath
        self._kept_context = self._render_context()
        super()._render_template()

    @property
    def answers_relpath(self) -> Path:
        """The answers file, rendered once."""
        return self._kept_answers_path or super().answers_relpath

    def _render_string(
        self, string: str, extra_context: dict[str, Any] | None = None
    ) -> str:
        if self._kept_context is None or extra_context:
            return super()._render_string(string, extra_context)
        if string not in self._kept_parts:
            self._kept_parts[string] = super()._render_string(string)
        return self._kept_parts[string]

    def _render_allowed(
        self,
        dst_relpath: Path,
        is_dir: bool = False,
        is_symlink: bool = False,
        expected_contents: bytes | Path = b"",
        expected_mode: int | None = None,
    ) -> bool:
        del is_symlink, expected_mode
        if is_dir:
            return True
        path = dst_relpath.as_posix()
        if path in self.written:
            message = f"two folders of the template write {path}."
            raise TemplateError(message, "report it: one option has to give way")
        if isinstance(expected_contents, Path):
            self.written[path] = len(str(expected_contents))
        else:
            self.written[path] = len(expected_contents)
        return True

    def _sync_git_index_executable_bit(self, dst_relpath: Path, src_mode: int) -> None:
        """Nothing of a new directory is in a git index."""


class ProjectTemplate:
    """The template at one commit, ready to ask and to render."""

    def __init__(self, checked_out: CheckedOut, folder_name: str) -> None:
        """Prepare what every question and every render shares.

        Args:
            checked_out: The template's files.
            folder_name: The name of the project's directory, the default project name.
        """
        self._checked_out = checked_out
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
    ) -> _Worker:
        worker = _Worker(
            src_path=self._checked_out.address,
            dst_path=directory,
            data=dict(answers),
            settings=SettingsModel(),  # not the user's own defaults and trust
            defaults=True,
            quiet=True,
            pretend=pretend,
            cleanup_on_error=False,
        )
        worker.prepare(self._folder_name)
        vars(worker).update(self._kept)
        # The environment knows the template's directory alone, no answer.
        self._kept["jinja_env"] = worker.jinja_env
        return worker


def _opened(question: Question) -> OpenQuestion:
    def refusal(answer: object) -> str:
        try:
            with _answers_refused():
                question.validate_answer(question.parse_answer(answer))
        except InvalidAnswerError as problem:
            return problem.message
        return ""

    # A default that the validator refuses (a folder name that is no project name)
    # is still worth showing.
    default = question.render_value(question.default)
    return OpenQuestion(question.var_name, default, refusal)


def _template(checked_out: CheckedOut) -> Template:
    """Copier's view of files that are checked out already: it clones nothing."""
    template = Template(url=checked_out.address, ref=checked_out.commit)
    vars(template).update(
        vcs="git",
        local_abspath=checked_out.path,
        commit=checked_out.commit,
        git_index_modes=checked_out.modes,
        _raw_config=configuration(checked_out.path / "copier.yml"),
    )
    return template


def configuration(path: Path) -> dict[str, Any]:
    """What Copier's own loader returns, by a parser that is ten times as fast."""
    merged: dict[str, Any] = {}
    for document in _flat(raw_questions(path)):
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
def _answers_refused() -> Generator[None]:
    """Whatever goes wrong while answers are checked is about an answer."""
    try:
        yield
    except GroundplanError:
        raise
    except _FAULTS as problem:
        text = str(problem).strip()
        found = _PREFIX.match(text)
        name = found and (found["question"] or found["choice"])
        reason = text[found.end() :] if found else text
        hint = f"`groundplan explain {name}` says what fits" if name else ""
        raise InvalidAnswerError(reason, hint) from problem


@contextmanager
def _translated() -> Generator[None]:
    """Turn what Copier and the file system raise into errors with a hint."""
    try:
        yield
    except GroundplanError:
        raise
    except OSError as problem:
        raise storage_problem(problem) from problem
    except _FAULTS as problem:
        message = f"the template cannot be rendered: {problem}"
        hint = "this is a fault of Groundplan: report it"
        raise TemplateError(message, hint) from problem


def storage_problem(problem: OSError) -> GroundplanError:
    """The error that a failing file system means."""
    where = f" {problem.filename}" if problem.filename else ""
    if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFullError(
            f"the disk is full:{where or ' nothing more can be written'}.",
            "free some space, or name a directory on another disk; nothing was written",
        )
    if problem.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return NotWritableError(
            f"cannot write{where}: {problem.strerror}.",
            "choose a directory that you may write to",
        )
    return TemplateError(f"{problem.strerror or problem}{where}.")


def _readable(condition: object) -> str:
    return str(condition).strip().removeprefix("{{").removesuffix("}}").strip()
