"""What a failing file system means for people."""

from __future__ import annotations

import errno

from ..errors import DiskFullError, GroundplanError, NotWritableError, TemplateError

FULL = {errno.ENOSPC, errno.EDQUOT}


def storage_problem(problem: OSError) -> GroundplanError:
    """The error that a failing file system means."""
    where = f" {problem.filename}" if problem.filename else ""
    if problem.errno in FULL:
        return DiskFullError(
            f"the disk is full:{where or ' nothing more can be written'}.",
            "free some space, or name a directory on another disk; nothing was written",
        )
    if problem.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return NotWritableError(
            f"cannot write{where}: {problem.strerror}.",
            "choose a directory that you may write to",
        )
    return TemplateError(f"{problem.strerror or problem}{where}.")


def temporary_problem(problem: OSError) -> GroundplanError:
    """The error of a file system that cannot keep temporary files."""
    where = f" {problem.filename}" if problem.filename else ""
    hint = "free some space, or set TMPDIR to a directory on another disk"
    if problem.errno in FULL:
        message = (
            f"the disk for temporary files is full:{where or ' nothing was written'}."
        )
        return DiskFullError(message, hint)
    message = f"no temporary file can be written{where}: {problem.strerror or problem}."
    return NotWritableError(message, "set TMPDIR to a directory that you may write to")
