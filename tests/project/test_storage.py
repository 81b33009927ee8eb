"""A file system that refuses is explained, and said whose it is."""

from __future__ import annotations

import errno

import pytest

from groundplan.errors import (
    DiskFullError,
    GroundplanError,
    NotWritableError,
    TemplateError,
)
from groundplan.project.storage import storage_problem, temporary_problem


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, DiskFullError),
        (errno.EDQUOT, DiskFullError),
        (errno.EACCES, NotWritableError),
        (errno.EROFS, NotWritableError),
        (errno.EIO, TemplateError),
    ],
)
def test_storage_problems_have_their_own_errors(
    number: int, kind: type[GroundplanError]
) -> None:
    problem = storage_problem(OSError(number, "words", "/some/file"))
    assert type(problem) is kind
    assert "/some/file" in problem.message


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.ENOSPC, DiskFullError), (errno.EACCES, NotWritableError)],
)
def test_problems_with_temporary_files_name_the_variable(
    number: int, kind: type[GroundplanError]
) -> None:
    problem = temporary_problem(OSError(number, "words"))
    assert type(problem) is kind
    assert "TMPDIR" in problem.hint
