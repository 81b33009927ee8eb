"""Tells whether a regular expression takes linear time on every text.

`re` goes back where it fails: if a long run can be divided in several ways, or be
entered anew in its middle, a hostile text costs the square of its length or worse. The
check reads the tree of a pattern, and would rather refuse too much. Possessive runs
(`++`, `*+`), small bounds, and a negative lookbehind before a run satisfy it.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Final

_parser: Final[Any] = import_module("re._parser")
_code: Final[Any] = import_module("re._constants")

_SMALL: Final = 100
_MOST_WAYS: Final = 256
_ALPHABET: Final = frozenset(map(chr, range(128))) | frozenset("é²\x85\u2028\u3000漢")
_CATEGORIES: Final = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}
_RUNS: Final = (_code.MAX_REPEAT, _code.MIN_REPEAT, _code.POSSESSIVE_REPEAT)
_ASSERTIONS: Final = (_code.ASSERT, _code.ASSERT_NOT)

type Node = tuple[Any, Any]
type Nodes = Sequence[Node]
type Letters = frozenset[str]


@dataclass(frozen=True)
class _Place:
    """Where a node stands.

    Attributes:
        before: What precedes it, from the start of the pattern.
        after: What follows it, as far as a failure there makes it give back.
        fails: Whether anything behind it, however far, can fail.
        times: How often it is repeated at most by what encloses it.
    """

    before: tuple[Node, ...] = ()
    after: tuple[Node, ...] = ()
    fails: bool = False
    times: int = 1


@dataclass
class _Check:
    """One walk through a pattern."""

    flags: int
    faults: list[str] = field(default_factory=list[str])

    def walk(self, nodes: Nodes, place: _Place) -> None:
        before = place.before
        for index, node in enumerate(nodes):
            rest = tuple(nodes[index + 1 :])
            after = rest + place.after
            fails = place.fails or self.required(rest)
            self.visit(node, _Place(before, after, fails, place.times))
            before = (*before, node)

    def visit(self, node: Node, place: _Place) -> None:
        kind, value = node
        if kind in _RUNS:
            self.run(node, place)
        elif kind is _code.ATOMIC_GROUP:
            self.walk(value, _Place(place.before, (), place.fails))
        elif kind in _ASSERTIONS:
            self.walk(value[1], _Place(place.before, fails=True))
        elif kind in {_code.GROUPREF, _code.GROUPREF_EXISTS}:
            self.faults.append("a reference to a group")
        else:
            if kind is _code.BRANCH and not self.required((node,)):
                self.divided(node, 1, place)
            for nodes in _ways(node):
                self.walk(nodes, place)

    def run(self, node: Node, place: _Place) -> None:
        kind, (least, most, body) = node
        wide = most - least > _SMALL
        if wide and place.fails and self.reentered(self.letters(body), place):
            self.faults.append("a run that can be entered in its middle")
        if kind is _code.POSSESSIVE_REPEAT:
            self.walk(body, _Place(place.before, (), place.fails))
            return
        self.divided(node, most - least, place)
        if most > 1 and self.alike(body):
            self.faults.append("a run of alternatives that begin alike")
        again = tuple(body) if most > 1 else ()
        times = place.times * min(most, _MOST_WAYS)
        self.walk(body, _Place(place.before, again + place.after, place.fails, times))

    def divided(self, node: Node, span: int, place: _Place) -> None:
        """Note a run that shares a text with what follows it, or with itself."""
        letters = self.letters((node,))
        if not span or not letters & self.first(place.after):
            return
        found = (span + 1) ** min(place.times, _SMALL)
        for other in place.after:
            if other[0] in _RUNS and letters & self.letters((other,)):
                found *= 1 + min(other[1][1] - other[1][0], _MOST_WAYS)
            if self.required((other,)) and not letters & self.letters((other,)):
                break
        if span > _SMALL:
            self.faults.append("a run into what follows it")
        elif found > _MOST_WAYS:
            self.faults.append("small runs that divide a text among them")

    def reentered(self, letters: Letters, place: _Place) -> bool:
        """Say whether the pattern can begin once more inside a run of these letters."""
        for kind, value in place.before:
            if kind is _code.AT:
                lines = value is _code.AT_BEGINNING and self.flags & re.MULTILINE
                begins = value in {_code.AT_BEGINNING, _code.AT_BEGINNING_STRING}
                if begins and not (lines and "\n" in letters):
                    return False
            elif kind is _code.ASSERT_NOT and value[0] < 0:
                if letters <= self.letters(value[1]):
                    return False
            elif self.leaves(letters, ((kind, value),)):
                return False
        return True

    def leaves(self, letters: Letters, nodes: Nodes) -> bool:
        """Say whether each match of these nodes holds another letter than these."""
        for node in nodes:
            ways = _ways(node)
            if ways:
                if _least(node) and all(self.leaves(letters, way) for way in ways):
                    return True
            elif (found := self.one(node)) and not found & letters:
                return True
        return False

    def alike(self, nodes: Nodes) -> bool:
        """Say whether something in here has two ways that begin with one letter."""
        for node in nodes:
            seen: set[str] = set()
            for way in _ways(node):
                first = self.first(way)
                if first & seen or self.alike(way):
                    return True
                seen |= first
        return False

    def required(self, nodes: Nodes) -> bool:
        """Say whether these nodes fail where they find nothing."""
        return any(
            all(map(self.required, ways))
            if (ways := _ways(node)) and _least(node)
            else not ways
            for node in nodes
        )

    def first(self, nodes: Nodes) -> Letters:
        """Return the letters with which these nodes can begin."""
        found: Letters = frozenset()
        for node in nodes:
            ways = _ways(node)
            found = found.union(self.one(node), *map(self.first, ways))
            if self.required((node,)) and self.letters((node,)):
                break
        return found

    def letters(self, nodes: Nodes) -> Letters:
        """Return every letter that a match of these nodes can hold."""
        found: Letters = frozenset()
        for node in nodes:
            found = found.union(self.one(node), *map(self.letters, _ways(node)))
        return found

    def one(self, node: Node) -> Letters:
        """Return the letters that a node for one of them stands for."""
        kind, value = node
        if _ways(node) or kind is _code.AT or kind in _ASSERTIONS:
            return frozenset()
        if kind is _code.IN:
            negated = value[0][0] is _code.NEGATE
            found = frozenset[str]().union(*map(self.one, value))
            return _ALPHABET - found if negated else found
        if kind is _code.NEGATE:
            return frozenset()
        fits = re.compile(_letter(node), self.flags & re.IGNORECASE).fullmatch
        return frozenset(filter(fits, _ALPHABET))


def _letter(node: Node) -> str:
    """Return the pattern of a node that stands for one letter."""
    kind, value = node
    if kind is _code.LITERAL:
        return re.escape(chr(value))
    if kind is _code.NOT_LITERAL:
        return f"[^{re.escape(chr(value))}]"
    if kind is _code.RANGE:
        return f"[\\U{value[0]:08x}-\\U{value[1]:08x}]"
    return _CATEGORIES[str(value)] if kind is _code.CATEGORY else "(?s:.)"


def _ways(node: Node) -> Sequence[Nodes]:
    """Return what a node encloses, one sequence for each alternative."""
    kind, value = node
    if kind in _RUNS:
        return [value[2]]
    if kind is _code.BRANCH:
        return list(value[1])
    if kind is _code.SUBPATTERN:
        return [value[3]]
    return [value] if kind is _code.ATOMIC_GROUP else []


def _least(node: Node) -> int:
    return node[1][0] if node[0] in _RUNS else 1


def faults(pattern: str, flags: int = 0) -> list[str]:
    """Say what makes a pattern slow on some text; nothing if it is linear.

    Args:
        pattern: As it is given to `re`.
        flags: Of `re`.
    """
    tree = _parser.parse(pattern, flags)
    check = _Check(tree.state.flags)
    check.walk(tuple(tree), _Place())
    return check.faults


def patterns_in(source: Path) -> Iterator[tuple[int, str, int]]:
    """Find what a module gives to `re`.

    What an f-string inserts counts as some word.

    Args:
        source: A module.

    Yields:
        The line, the pattern and the flags.

    Raises:
        TypeError: A pattern is no text at the place where it is compiled.
    """
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr != "escape"
        ):
            yield node.lineno, _text(node.args[0]), _flags(node)


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            "word" if isinstance(part, ast.FormattedValue) else _text(part)
            for part in node.values
        )
    message = f"line {node.lineno}: write the pattern where it is compiled"
    raise TypeError(message)


def _flags(call: ast.Call) -> int:
    given = [*call.args[1:], *(one.value for one in call.keywords)]
    return sum(
        int(getattr(re, node.attr, 0))
        for arg in given
        for node in ast.walk(arg)
        if isinstance(node, ast.Attribute)
    )
