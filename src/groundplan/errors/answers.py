"""Answers that cannot be taken."""

from .usage import UsageError


class InvalidAnswerError(UsageError):
    """An answer that the grid refuses, with the grid's own reason."""


class MissingAnswersError(UsageError):
    """Questions are open and there is no terminal to ask them at."""


class AnswersFileError(UsageError):
    """The file with answers cannot be read as a mapping."""
