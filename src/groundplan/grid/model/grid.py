"""The whole: the rows, and what the kickoff asks besides."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from .base import Frozen, Name, Text
from .part import Part
from .row import Option, Row, Rule


class KickoffField(Frozen):
    """What the kickoff asks besides the rows: name, package, owner, reasons."""

    name: Name
    type: Literal["str", "yaml"]
    help: Text
    default: Any
    validator: str
    when: str | None = None
    explanation: Text = Field(alias="x_explanation")

    @property
    def is_mapping(self) -> bool:
        """Whether the answer is a mapping, so that `name.key=value` sets one entry."""
        return self.type == "yaml"

    @property
    def changes_daily(self) -> bool:
        """Whether tomorrow's default is another one."""
        return "strftime" in str(self.default)


class Grid(Frozen):
    """All rows and kickoff fields, each in the order in which they are asked."""

    fields: tuple[KickoffField, ...]
    rows: tuple[Row, ...]
    shared: dict[Name, Part] = Field(default_factory=dict)
    """The base, and what several options bring: folders that nobody picks by name."""
    names: tuple[str, ...]
    """Everything that can be answered, in the order of the questions."""

    def row(self, name: str) -> Row | None:
        """Find a row by its name."""
        return next((row for row in self.rows if row.name == name), None)

    def rules(self, option: Option) -> tuple[Rule, ...]:
        """What an option needs, as the rows and options that bring it."""
        return tuple(
            Rule(row=row.name, options=options, why=why)
            for capability, why in option.needs.items()
            for row in self.rows
            if (options := row.bringing(capability))
        )

    def field(self, name: str) -> KickoffField | None:
        """Find a kickoff field by its name."""
        return next((field for field in self.fields if field.name == name), None)
