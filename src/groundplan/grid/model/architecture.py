"""What the page about the architecture says of a part."""

from __future__ import annotations

from .base import Frozen, Text


class Component(Frozen):
    """A package or a service, for the page about the architecture."""

    name: Text
    does: Text
    uses: Text


class Failure(Frozen):
    """What can go wrong, how it shows, and what is done about it."""

    failure: Text
    detection: Text
    recovery: Text


class Operation(Frozen):
    """Something that a program waits for, and what bounds the wait."""

    operation: Text
    where: Text
    limit: Text
