"""Doing what a page says: its commands, and its edits of files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
NAMED = re.compile(r"`([\w./-]+/[\w-]+\.\w+)`")


@dataclass(frozen=True)
class Step:
    """A block of a page that its reader carries out.

    Attributes:
        kind: bash for commands, diff for an edit, python for a new file.
        text: The block's content.
        path: The file that the page has named last.
    """

    kind: str
    text: str
    path: str

    def commands(self) -> Iterator[str]:
        """Yield each line that a shell would run."""
        for line in self.text.splitlines():
            command = re.sub(r"\s+#.*", "", line).strip()
            if command:
                yield command

    def edit(self, project: Path) -> None:
        """Change or write the file.

        Args:
            project: Where its path begins.
        """
        path = project / self.path
        if self.kind == "python":
            path.write_text(self.text, encoding="utf-8")
            return
        before = self._lines("-")
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{self.path} has this not once:\n{before}"
        path.write_text(text.replace(before, self._lines("+")), encoding="utf-8")

    def _lines(self, changed: str) -> str:
        """Return one side of the difference: the lines in common, and its own."""
        lines = self.text.splitlines(keepends=True)
        return "".join(line[1:] or line for line in lines if line[0] in f" \n{changed}")


def steps(page: str) -> list[Step]:
    """Return what the page asks its reader to do, in its order.

    Args:
        page: Markdown.
    """
    found: list[Step] = []
    for block in BLOCK.finditer(page):
        named = NAMED.findall(page[: block.start()])
        path = named[-1] if named else ""
        found.append(Step(block["kind"], block["text"], path))
    return found
