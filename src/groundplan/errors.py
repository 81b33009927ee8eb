"""What can go wrong, as a tree. Every error ends the command.

GroundplanError                 1  anything below
├── UsageError                  2  the command was called wrongly
│   ├── UnknownNameError           no such row, option or kickoff field
│   ├── InvalidAnswerError         an answer that the grid refuses
│   ├── MissingAnswersError        no terminal to ask at
│   └── AnswersFileError           an answers file that cannot be read
├── TargetError                 3  the directory cannot take a project
│   ├── TargetNotEmptyError
│   ├── NotWritableError
│   └── DiskFullError
├── EnvironmentProblemError     4  something is missing on this machine
│   └── GitMissingError
├── TemplateError               5  the template itself cannot be used
│   └── GridError                  a row file is malformed
├── SetupError                  6  rendered, but a later step failed
└── InterruptedRunError       130  Ctrl-C or a termination signal

An error says what happened (`message`), what to do (`hint`) and which exit code
the command returns (`exit_code`).
"""

from typing import ClassVar

__all__ = [
    "AnswersFileError",
    "DiskFullError",
    "EnvironmentProblemError",
    "GitMissingError",
    "GridError",
    "GroundplanError",
    "InterruptedRunError",
    "InvalidAnswerError",
    "MissingAnswersError",
    "NotWritableError",
    "SetupError",
    "TargetError",
    "TargetNotEmptyError",
    "TemplateError",
    "UnknownNameError",
    "UsageError",
]


class GroundplanError(Exception):
    """Base of all errors that reach the user."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        """Say what happened and what to do.

        Args:
            message: What happened, as one sentence or a few lines.
            hint: What to do about it; empty when there is nothing to do.
        """
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(GroundplanError):
    """The command was called in a way that cannot work."""

    exit_code = 2


class UnknownNameError(UsageError):
    """A row, option or kickoff field that the grid does not have."""


class InvalidAnswerError(UsageError):
    """An answer that the grid refuses, with the grid's own reason."""


class MissingAnswersError(UsageError):
    """Questions are open and there is no terminal to ask them at."""


class AnswersFileError(UsageError):
    """The file with answers cannot be read as a mapping."""


class TargetError(GroundplanError):
    """The directory cannot take the project."""

    exit_code = 3


class TargetNotEmptyError(TargetError):
    """The directory holds files already."""


class NotWritableError(TargetError):
    """The directory or its parent refuses to be written."""


class DiskFullError(TargetError):
    """The file system has no room for the project."""


class EnvironmentProblemError(GroundplanError):
    """Something the command needs is missing on this machine."""

    exit_code = 4


class GitMissingError(EnvironmentProblemError):
    """Git is not installed, or too old."""


class TemplateError(GroundplanError):
    """The template cannot be used: a fault of Groundplan, not of its user."""

    exit_code = 5


class GridError(TemplateError):
    """A row file is malformed; the message names the file and the key."""


class SetupError(GroundplanError):
    """The project is rendered and kept, but a step after that failed."""

    exit_code = 6


class InterruptedRunError(GroundplanError):
    """The user or the system stopped the command."""

    exit_code = 130
