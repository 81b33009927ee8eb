"""The selection grid as frozen objects (S0 §17).

The row files are Copier's own question syntax; what Copier does not know stands
under keys with the prefix `x_`. A wrong or unknown `x_` key is refused.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.]*$", strict=True)]


class _Frozen(BaseModel):
    """An immutable part of the grid that accepts no key it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Rule(_Frozen):
    """What an option asks of another row, or cannot stand beside."""

    row: Name
    options: tuple[Name, ...] = Field(min_length=1)
    why: Text


class Option(_Frozen):
    """One choice of a row, and why somebody would pick it."""

    title: Text
    pick: Text
    upgrade: Text
    measure: Text
    needs: tuple[Rule, ...] = ()
    excludes: tuple[Rule, ...] = ()
    brings: tuple[Name, ...] = ()
    writes: bool = True


class Row(_Frozen):
    """One row of the grid: a question whose options are folders of the template."""

    name: Name
    type: Literal["str"]
    help: Text
    default: Name
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

    @property
    def is_choice(self) -> bool:
        """Whether there is anything to choose."""
        return len(self.options) > 1


class KickoffField(_Frozen):
    """What the kickoff asks besides the rows: name, package, owner, reasons."""

    name: Name
    type: Literal["str", "yaml"]
    help: Text
    default: Any
    validator: str
    explanation: Text = Field(alias="x_explanation")

    @property
    def is_mapping(self) -> bool:
        """Whether the answer is a mapping, so that `name.key=value` sets one entry."""
        return self.type == "yaml"

    @property
    def changes_daily(self) -> bool:
        """Whether tomorrow's default is another one."""
        return "strftime" in str(self.default)


class Grid(_Frozen):
    """All rows and kickoff fields, each in the order in which they are asked."""

    fields: tuple[KickoffField, ...]
    rows: tuple[Row, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that can be answered, in the order of the questions."""
        return tuple(question.name for question in (*self.fields, *self.rows))

    def row(self, name: str) -> Row | None:
        """Find a row by its name."""
        return next((row for row in self.rows if row.name == name), None)

    def field(self, name: str) -> KickoffField | None:
        """Find a kickoff field by its name."""
        return next((field for field in self.fields if field.name == name), None)
