"""The template in memory: its folders for the worker, its texts for Jinja."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jinja2 import BaseLoader, TemplateNotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jinja2 import Environment

    from .source import CheckedOut

_ROOT = "template"


@dataclass
class Folder:
    """A folder of the template.

    Attributes:
        folders: By their names, which are still to be rendered.
        files: Each name and its path from the repository's root.
    """

    folders: dict[str, Folder] = field(default_factory=dict[str, "Folder"])
    files: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Tree:
    """The template's folders and the bytes of all its files.

    Attributes:
        root: What is laid on the project.
        files: Bytes by their path from the repository's root.
        executable: The paths of those that can be run.
    """

    root: Folder
    files: Mapping[str, bytes]
    executable: frozenset[str]


def tree(checked_out: CheckedOut) -> Tree:
    """The folders of the template, in the order of their names.

    Args:
        checked_out: The template's files.
    """
    root = Folder()
    for path in sorted(checked_out.files):
        *folders, name = path.split("/")
        if folders[:1] != [_ROOT]:
            continue
        at = root
        for folder in folders[1:]:
            at = at.folders.setdefault(folder, Folder())
        at.files[name] = path
    return Tree(root, checked_out.files, checked_out.executable)


class Texts(BaseLoader):
    """Finds templates among files in memory, and texts that have no file at all."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Take the files.

        Args:
            files: Bytes by path.
        """
        self._files = files
        self._texts: dict[str, str] = {}

    def name(self, text: str) -> str:
        """A name under which a text can be had like a file.

        Args:
            text: A template.
        """
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        name = f"{digest}.text"
        self._texts[name] = text
        return name

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """The text of a template, as Jinja asks for it."""
        del environment
        if template in self._texts:
            return self._texts[template], None, None
        content: Any = self._files.get(template)
        if content is None:
            raise TemplateNotFound(template)
        return content.decode(), None, None
