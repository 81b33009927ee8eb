"""The single prompts, by questionary. Everything that needs a terminal is here."""

from __future__ import annotations

import os
import sys
import textwrap
from contextlib import suppress
from enum import Enum
from typing import TYPE_CHECKING, Any

import questionary
from questionary import Choice, Separator

from .. import console

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..grid.model import Row
    from ..project.adapter import OpenQuestion


class Decision(Enum):
    """What somebody may say instead of an answer."""

    BACK = "back"
    EXPLAIN = "explain"
    REASON = "reason"
    WRITE = "write"


BACK_TEXT = "<"
EXPLAIN_TEXT = "?"


def columns() -> int:
    """The width of the terminal itself; `COLUMNS` may be another's."""
    with suppress(OSError, ValueError):
        return os.get_terminal_size(sys.stdout.fileno()).columns
    return 80


def fitted(text: str, taken: int) -> str:
    """Text broken between words, because a prompt is cut at the terminal's edge.

    Args:
        text: What is to be shown.
        taken: How many columns of its first line stand before it already.
    """
    width = max(columns() - 1, taken + 20)
    return textwrap.fill(text, width, initial_indent=" " * taken)[taken:]


def choose(row: Row, question: OpenQuestion, *, can_go_back: bool) -> Decision | str:
    """Choose one option of a row; an option that is refused shows its reason."""
    choices: list[Choice | Separator] = [
        Choice(
            option.title,
            value=name,
            disabled=question.refusal(name) or None,
            description=fitted(option.pick, taken=len("  Description: ")),
        )
        for name, option in row.options.items()
    ]
    choices.append(Separator())
    choices.append(Choice("explain these options", value=Decision.EXPLAIN))
    if can_go_back:
        choices.append(Choice("back", value=Decision.BACK))
    default = question.default if not question.refusal(question.default) else None
    return questionary.select(row.help, choices=choices, default=default).unsafe_ask()


def write(
    message: str,
    default: str,
    refusal: Callable[[object], str],
    *,
    can_go_back: bool,
) -> Decision | str:
    """Ask for text until it is an answer; `?` explains, `<` goes back."""
    words = {EXPLAIN_TEXT: Decision.EXPLAIN}
    if can_go_back:
        words[BACK_TEXT] = Decision.BACK

    keys = "? explains, < goes back" if can_go_back else "? explains"
    question = fitted(message, taken=2)
    # The last line of the question has room for the keys, or they have their own.
    has_room = len(question) + len(keys) < columns() - 8
    instruction = f"({keys})\n " if has_room else f"\n  ({keys})\n "
    text = default
    while True:
        asked = questionary.text(question, default=text, instruction=instruction)
        text = str(asked.unsafe_ask()).strip()
        if text in words:
            return words[text]
        reason = refusal(text)
        if not reason:
            return text
        # In full: a validator's own line would be cut at the terminal's edge.
        console.warning(reason)


def decide(*, can_go_back: bool) -> Decision:
    """What to do with the summary.

    Raises:
        KeyboardInterrupt: Cancel.
    """
    choices: list[Any] = [
        Choice("write the project", value=Decision.WRITE),
        Choice("note a reason for a choice", value=Decision.REASON),
    ]
    if can_go_back:
        choices.append(Choice("back", value=Decision.BACK))
    choices.append(Choice("cancel", value=None))
    decision = questionary.select("All right?", choices=choices).unsafe_ask()
    if not isinstance(decision, Decision):
        raise KeyboardInterrupt
    return decision


def pick_row(rows: Sequence[Row]) -> str:
    """Which row a reason is for."""
    choices = [Choice(row.title, value=row.name) for row in rows]
    return str(questionary.select("Which row?", choices=choices).unsafe_ask())
