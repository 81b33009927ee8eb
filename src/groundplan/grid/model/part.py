"""What a part of a project is, as data that its shared files are made of."""

from __future__ import annotations

from pydantic import Field

from .architecture import Component, Failure, Operation
from .base import Frozen, Text
from .library import Library
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
    kickoff: dict[Text, Text] = Field(default_factory=dict)
    """What the filled grid says of it besides the choice, and the answer."""
    runs: tuple[Text, ...] = ()
    """What starts work in it: a request, a time, a message (S0 §2.2)."""
    cpu: tuple[Text, ...] = ()
    """What keeps a processor busy (S0 §2.2)."""
    told: Text | None = None
    """Who is told when something fails."""
    libraries: dict[Text, Library] = Field(default_factory=dict)
    """What the service requires, as pyproject.toml writes it."""
    tools: tuple[Text, ...] = ()
    """What its developers require."""
    untyped: tuple[Text, ...] = ()
    """Modules whose types the search for copied code need not know."""
    config: tuple[Text, ...] = ()
    """Its classes of settings, as `module:Class` in the package."""
    models: tuple[Text, ...] = ()
    """Its modules with tables."""
    recipes: tuple[Text, ...] = ()
    """Its files under compose/."""
    guides: dict[Text, Text] = Field(default_factory=dict)
    """Titles and paths of its pages."""
    runbooks: dict[Text, Text] = Field(default_factory=dict)
    standards: dict[Text, Text] = Field(default_factory=dict)
    """Its files and folders, and the sections of the standards that they follow."""
    components: tuple[Component, ...] = ()
    failures: tuple[Failure, ...] = ()
    threats: tuple[Threat, ...] = ()
    assets: tuple[Asset, ...] = ()
    io: tuple[Operation, ...] = ()
    risks: Risks | None = None
