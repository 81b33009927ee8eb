"""The dialogue over the grid: one question after the other, back, why, summary.

Only real choices are asked: a row with one option, or one that the other answers
make pointless, is skipped.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from .. import console
from ..project.answers import Answer, Origin, values
from . import prompts
from .summary import explain, rows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..grid.model import Grid
    from ..project.adapter import OpenQuestion


class Questions(Protocol):
    """Who knows the questions: the template, through Copier."""

    def open_question(self, answers: Mapping[str, Any]) -> OpenQuestion | None:
        """The first visible question without an answer."""
        ...

    def refusal(self, name: str, value: object, answers: Mapping[str, Any]) -> str:
        """Why a value is no answer to a question; empty when it is one."""
        ...


def ask(
    questions: Questions,
    grid: Grid,
    given: Mapping[str, Answer],
    suggested: Mapping[str, Answer],
) -> dict[str, Answer]:
    """Ask everything that is not given yet, show a summary, and return all answers.

    Args:
        questions: Who knows which question is open.
        grid: The rows, for titles and explanations.
        given: Answers from flags and files, which are not asked again.
        suggested: Defaults of this user, such as the owner.

    Raises:
        KeyboardInterrupt: Ctrl-C, or "cancel" at the summary.
    """
    answers = dict(given)
    before: list[dict[str, Answer]] = []
    # What somebody has said, so that going back does not make them say it again.
    said = {name: answer.value for name, answer in suggested.items()}
    while True:
        question = questions.open_question(values(answers))
        if question is None:
            console.overview("", rows(grid, answers))
            decision = prompts.decide(can_go_back=bool(before))
        elif _is_silent(question, grid):
            answers[question.name] = Answer(question.default, Origin.DEFAULT)
            continue
        else:
            default = said.get(question.name, question.default)
            again = replace(question, default=default)
            decision = _ask_one(again, grid, can_go_back=bool(before))
        if decision is prompts.Decision.WRITE:
            return answers
        if decision is prompts.Decision.REASON:
            _add_reason(questions, grid, answers)
        elif decision is prompts.Decision.BACK:
            answers = {**before.pop(), **_reasons(grid, answers)}
        elif question is not None:
            before.append(dict(answers))
            answer = _answer(decision, question)
            answers[question.name] = answer
            if answer.origin is Origin.YOU:
                said[question.name] = answer.value
            else:
                said.pop(question.name, None)


def unanswered(
    questions: Questions, grid: Grid, given: Mapping[str, Answer]
) -> list[str]:
    """What the dialogue would ask, if every question took its default."""
    answers = values(given)
    open_names: list[str] = []
    while (question := questions.open_question(answers)) is not None:
        if not _is_silent(question, grid):
            open_names.append(question.name)
        answers[question.name] = question.default
    return open_names


def _is_silent(question: OpenQuestion, grid: Grid) -> bool:
    """A row without a choice, or reasons, which the summary asks for."""
    row = grid.row(question.name)
    if row is not None:
        return not row.is_choice
    field = grid.field(question.name)
    return field is not None and field.is_mapping


def _ask_one(
    question: OpenQuestion, grid: Grid, *, can_go_back: bool
) -> prompts.Decision | str:
    row = grid.row(question.name)
    while True:
        if row is not None:
            reply = prompts.choose(row, question, can_go_back=can_go_back)
        else:
            field = grid.field(question.name)
            help_text = field.help if field else question.name
            reply = prompts.write(
                help_text,
                str(question.default),
                question.refusal,
                can_go_back=can_go_back,
            )
        if reply is not prompts.Decision.EXPLAIN:
            return reply
        console.note(explain(grid, question.name))


def _answer(reply: prompts.Decision | str, question: OpenQuestion) -> Answer:
    taken = str(reply) == str(question.default)
    return Answer(str(reply), Origin.DEFAULT if taken else Origin.YOU)


def _reasons(grid: Grid, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """What has been noted at the summary, to which no way back leads."""
    names = {field.name for field in grid.fields if field.is_mapping}
    return {name: answer for name, answer in answers.items() if name in names}


def _add_reason(questions: Questions, grid: Grid, answers: dict[str, Answer]) -> None:
    """Ask for one row's reason and keep it."""
    field = next(field for field in grid.fields if field.is_mapping)
    asked = [row for row in grid.rows if row.name in answers and row.is_choice]
    name = prompts.pick_row(asked)
    reasons = dict(answers[field.name].value)

    def refusal(text: object) -> str:
        return questions.refusal(field.name, {**reasons, name: text}, values(answers))

    text = prompts.write(f"Why this choice for {name}?", "", refusal, can_go_back=True)
    if isinstance(text, str) and text.strip():
        answers[field.name] = Answer({**reasons, name: text}, Origin.YOU)
