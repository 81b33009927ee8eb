"""The single prompts, by questionary. Everything that needs a terminal is here."""

from __future__ import annotations

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


def choose(row: Row, question: OpenQuestion, *, can_go_back: bool) -> Decision | str:
    """Choose one option of a row; an option that is refused shows its reason."""
    choices: list[Choice | Separator] = [
        Choice(
            option.title,
            value=name,
            disabled=question.refusal(name) or None,
            description=option.pick,
        )
        for name, option in row.options.items()
    ]
    choices.append(Separator())
    choices.append(Choice("explain these options", value=Decision.EXPLAIN))
    if can_go_back:
        choices.append(Choice("back", value=Decision.BACK))
    default = row.default if not question.refusal(row.default) else None
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
    text = default
    while True:
        asked = questionary.text(message, default=text, instruction=f"({keys})\n ")
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
