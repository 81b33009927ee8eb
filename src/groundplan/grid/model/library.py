"""What a project requires."""

from __future__ import annotations

from .base import Frozen, Text


class Library(Frozen):
    """What a library is for, and how a caller waits for it (S0 §2.2)."""

    does: Text
    waits: Text
