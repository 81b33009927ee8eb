"""The template itself cannot be used."""

from .base import GroundplanError


class TemplateError(GroundplanError):
    """The template cannot be used: a fault of Groundplan, not of its user."""

    exit_code = 5


class GridError(TemplateError):
    """A row file is malformed; the message names the file and the key."""
