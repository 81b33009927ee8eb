"""What a part of a project is, as data that its shared files are made of."""

from __future__ import annotations

from pydantic import Field

from .architecture import Component, Failure, Operation
from .base import Frozen, Text
from .risk import Asset, Risks, Threat


class Part(Frozen):
    """What the base, a resource or an option brings into a project.

    The template's shared files are loops over these entries. In their texts `<package>`
    and `<command>` stand for the project's own names.
    """

    title: Text
    about: Text | None = None
    """A paragraph of the project's README."""
    commands: dict[Text, Text] = Field(default_factory=dict)
    """What is typed, and what it does."""
    where: dict[Text, Text] = Field(default_factory=dict)
    """What is decided, and in which file."""
    components: tuple[Component, ...] = ()
    failures: tuple[Failure, ...] = ()
    threats: tuple[Threat, ...] = ()
    assets: tuple[Asset, ...] = ()
    io: tuple[Operation, ...] = ()
    risks: Risks | None = None
