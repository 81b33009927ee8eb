"""Renders the files: Copier's worker, quick for a directory that is new.

Copier's own spends one `git config` process on each written file and compiles every
part of every path again. This one renders the same bytes. It touches private parts
of Copier, which `pyproject.toml` holds to one minor version.
"""

# pyright: reportPrivateUsage=false, reportUnknownMemberType=false

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from copier import Phase
from copier._jinja_ext import SandboxedEnvironment
from copier._main import Worker
from copier._types import MISSING
from copier._user_data import AnswersMap, Question
from copier.errors import CopierError
from jinja2 import Template as JinjaTemplate
from jinja2.exceptions import TemplateError as JinjaError
from plumbum import ProcessExecutionError

from ..errors import GroundplanError, InvalidAnswerError, TemplateError
from .bytecode import bytecode_cache
from .tree import Folder, Texts, Tree

if TYPE_CHECKING:
    from collections.abc import Generator

# Somebody's link in a new directory would lead elsewhere: only what is new is written.
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
FAULTS = (
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
# How `compose.jinja` begins to say why two rows cannot stand together.
_PAIR = re.compile(r"\w+=\S+ (needs|cannot stand beside) ")


@dataclass(frozen=True)
class _PlainText:
    """Text without anything to compile, where Copier expects a template."""

    text: str

    def render(self, *_: object, **__: object) -> str:
        """The text itself."""
        return self.text


class QuickWorker(Worker):
    """Copier's worker for a directory that did not exist before.

    What a render asks for again and again is kept: the context, rendered names, the
    answers file. A folder whose name renders to nothing is not entered. Nothing of
    a new directory is in a git index, so there is none to synchronise.
    """

    def prepare(self, folder_name: str, tree: Tree) -> None:
        """Set what Copier's own constructor has no place for.

        Args:
            folder_name: The directory's final name, the project's default name.
            tree: The template.
        """
        self._tree = tree
        self._folder_name = folder_name
        self._kept_context: dict[str, Any] | None = None
        self._kept_parts: dict[str, str] = {}
        self._kept_answers_path: Path | None = None
        self.written: dict[str, int] = {}

    @cached_property
    def jinja_env(self) -> SandboxedEnvironment:
        """Copier's environment, which compiles each text of a question only once."""
        environment = super().jinja_env
        texts = Texts(self._tree.files)
        environment.loader = texts
        environment.bytecode_cache = bytecode_cache()
        # No file changes while the command runs, so none is looked at twice.
        environment.auto_reload = False
        environment.cache = {}
        compiled: dict[str, JinjaTemplate] = {}

        def from_string(source: str) -> JinjaTemplate:
            if not isinstance(source, str):  # pyright: ignore[reportUnnecessaryIsInstance] - Copier relies on the TypeError
                raise TypeError(source)
            if source not in compiled:
                plain = "{" not in source and "\r" not in source
                compiled[source] = (
                    cast("JinjaTemplate", _PlainText(source))
                    if plain
                    else environment.get_template(texts.name(source))
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
        with answers_refused():
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

        What is not answered takes its default, once the caller has seen the question;
        a default is not judged, for nobody has given it.
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
            if name in self.data:
                with answers_refused():
                    answer = question.get_default()
            else:
                answer = question.parse_answer(question.render_value(question.default))
            if answer is not MISSING:
                self.answers.user[name] = answer

    def remembered(self) -> dict[str, Any]:
        """What the project's answers file keeps."""
        return dict(self._answers_to_remember())

    def _render_template(self) -> None:
        self._kept_answers_path = super().answers_relpath
        self._kept_context = self._render_context()
        if not self.pretend:
            self.dst_path.mkdir(parents=True, exist_ok=True)
        self._fill(self._tree.root, Path())

    def _fill(self, folder: Folder, to: Path) -> None:
        """Render what is in one folder; one whose name renders to nothing is left."""
        for name, path in folder.files.items():
            suffix = self.template.templates_suffix
            is_template = name.endswith(suffix)
            target = self._target(
                name.removesuffix(suffix) if is_template else name, to
            )
            if target is not None:
                self._write(path, target, is_template=is_template)
        for name, inside in folder.folders.items():
            target = self._target(name, to)
            if target is not None:
                if not self.pretend:
                    (self.dst_path / target).mkdir(parents=True, exist_ok=True)
                self._fill(inside, target)

    def _target(self, name: str, to: Path) -> Path | None:
        """Where a file or folder belongs; None when it is left out."""
        rendered = self._render_string(name)
        if not rendered:
            return None
        target = Path(os.path.normpath(to / rendered))
        if target.is_absolute() or ".." in target.parts:
            message = f"{name} would be written outside the project."
            raise TemplateError(message, "report it: a path has to stay inside")
        return None if self.match_exclude(target) else target

    def _write(self, source: str, to: Path, *, is_template: bool) -> None:
        """Render one file, or copy it, with the mode that it has in the template."""
        path = to.as_posix()
        if path in self.written:
            message = f"two folders of the template write {path}."
            raise TemplateError(message, "report it: one option has to give way")
        if is_template:
            template = self.jinja_env.get_template(source)
            content = template.render(self._render_context()).encode()
        else:
            content = self._tree.files[source]
        self.written[path] = len(content)
        if self.pretend:
            return
        mode = 0o777 if source in self._tree.executable else 0o666
        number = os.open(self.dst_path / to, _NEW, mode)
        with os.fdopen(number, "wb") as file:
            file.write(content)

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


@contextmanager
def answers_refused() -> Generator[None]:
    """Whatever goes wrong while answers are checked is about an answer."""
    try:
        yield
    except GroundplanError:
        raise
    except FAULTS as problem:
        text = str(problem).strip()
        found = _PREFIX.match(text)
        name = found and (found["question"] or found["choice"])
        reason = text[found.end() :] if found else text
        raise InvalidAnswerError(reason, _advice(name, reason)) from problem


def _advice(name: str | None, reason: str) -> str:
    """What to do about a refused answer; a folder's name can be one, too."""
    if not name:
        return ""
    told = f"`groundplan explain {name}` says what fits"
    if _PAIR.match(reason):
        return f"change one of the two with --set; {told}"
    return f"answer it with --set {name}=…; {told}"


def _readable(condition: object) -> str:
    return str(condition).strip().removeprefix("{{").removesuffix("}}").strip()
