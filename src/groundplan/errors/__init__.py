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

from .answers import AnswersFileError, InvalidAnswerError, MissingAnswersError
from .base import GroundplanError
from .machine import EnvironmentProblemError, GitMissingError
from .run import InterruptedRunError, SetupError
from .storage import DiskFullError, NotWritableError
from .target import TargetError, TargetNotEmptyError
from .template import GridError, TemplateError
from .usage import UnknownNameError, UsageError

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
