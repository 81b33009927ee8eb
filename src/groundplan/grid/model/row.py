"""A row, its options, and what they ask of other rows."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from .base import Frozen, Name, Text
from .part import Part


class Rule(Frozen):
    """What an option asks of another row: an option that brings a capability."""

    row: Name
    options: tuple[Name, ...] = Field(min_length=1)
    why: Text


class Option(Part):
    """One choice of a row, and why somebody would pick it."""

    pick: Text
    upgrade: Text
    measure: Text
    needs: dict[Name, Text] = Field(default_factory=dict)
    """Capabilities that some option of another row has to bring, and why."""
    brings: tuple[Name, ...] = ()
    writes: bool = True


class Row(Frozen):
    """One row of the grid: a question whose options are folders of the template."""

    name: Name
    type: Literal["str"]
    help: Text
    default: Name
    ask: bool = True
    when: str | None = None
    choices: str
    validator: str
    title: Text = Field(alias="x_title")
    section: Text = Field(alias="x_section")
    group: Name = Field(alias="x_group")
    explanation: Text = Field(alias="x_explanation")
    options: dict[Name, Option] = Field(alias="x_options", min_length=1)

    @model_validator(mode="after")
    def _default_is_an_option(self) -> Row:
        if self.default not in self.options:
            known = ", ".join(self.options)
            message = f"default: {self.default!r} is none of the options {known}"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _only_choices_are_asked(self) -> Row:
        if self.ask != self.is_choice:
            message = "ask: false stands where there is one option, and nowhere else"
            raise ValueError(message)
        return self

    def bringing(self, capability: str) -> tuple[Name, ...]:
        """The options that bring a capability."""
        return tuple(
            name for name, option in self.options.items() if capability in option.brings
        )

    @property
    def is_choice(self) -> bool:
        """Whether there is anything to choose."""
        return len(self.options) > 1
