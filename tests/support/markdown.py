"""Markdown that two readers understand in two ways.

MkDocs renders by Python-Markdown, a repository's host and most editors by CommonMark.
What is a list to one and a paragraph to the other has lost its steps on one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from html.parser import HTMLParser

from markdown import Markdown
from markdown_it import MarkdownIt

BLOCKS = {"h1", "h2", "h3", "h4", "h5", "h6", "ol", "ul", "li", "table", "tr", "pre"}
"""What a page consists of; paragraphs differ in whether a list's items have them."""

EXTENSIONS = (
    "admonition",
    "attr_list",
    "pymdownx.details",
    "pymdownx.superfences",
    "pymdownx.tasklist",
    "tables",
)
"""Those of both `mkdocs.yml`, but for what only links or includes."""


class _Outline(HTMLParser):
    """Collects the blocks of a page, each with the words that follow it."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            start = dict(attrs).get("start") or "1"
            self.blocks.append([tag if start == "1" else f"{tag} from {start}", ""])

    def handle_data(self, data: str) -> None:
        if self.blocks:
            self.blocks[-1][1] += data


def _outline(html: str) -> list[tuple[str, str]]:
    parser = _Outline()
    parser.feed(html)
    return [(tag, " ".join(text.split())[:60]) for tag, text in parser.blocks]


def differences(text: str) -> Iterator[str]:
    """Yield what MkDocs and CommonMark make of the text differently.

    Args:
        text: A page of Markdown.
    """
    page = _outline(Markdown(extensions=list(EXTENSIONS)).convert(text))
    looks = _outline(MarkdownIt("commonmark").enable("table").render(text))
    shown, expected = [tag for tag, _ in page], [tag for tag, _ in looks]
    matcher = SequenceMatcher(a=expected, b=shown, autojunk=False)
    for what, start, end, other, last in matcher.get_opcodes():
        if what != "equal":
            place = next((said for _, said in looks[start:] if said), "the end")
            wanted = ", ".join(expected[start:end]) or "nothing"
            found = ", ".join(shown[other:last]) or "nothing"
            yield f"{wanted} is shown as {found} near {place!r}"
