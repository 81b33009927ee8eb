"""What a render has written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RenderedFile:
    """One file of the project.

    Attributes:
        path: Relative to the project's root, with `/`.
        size: In bytes.
    """

    path: str
    size: int


@dataclass(frozen=True)
class Rendered:
    """What a render wrote.

    Attributes:
        files: In the order of their paths.
        answers: Every visible answer, as `.copier-answers.yml` keeps it.
    """

    files: tuple[RenderedFile, ...]
    answers: dict[str, Any]
