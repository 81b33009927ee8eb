"""The parts of a document that callers write, with their limits."""

from typing import Annotated, Final

from pydantic import StringConstraints
from pydantic.config import JsonDict

# PostgreSQL's text takes every character but this one.
_NO_NUL: Final = r"^[^\x00]*$"
EXAMPLE: Final[JsonDict] = {
    "source": "https://www.rfc-editor.org/rfc/rfc9457",
    "title": "Problem Details for HTTP APIs",
    "text": "This document defines a problem detail…",
}

type Source = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=2048, pattern=_NO_NUL
    ),
]

type Title = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=500, pattern=_NO_NUL
    ),
]

type Text = Annotated[str, StringConstraints(max_length=1_000_000, pattern=_NO_NUL)]
