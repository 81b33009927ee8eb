"""Keeps the values of P0 and P1 columns out of every log line.

Two nets beside those of `core/masking.py`, both drawn from the classes of the columns:
a value under the name of such a column is dropped whole; and what was written to or
loaded from such a column lately is replaced wherever it stands, also in the message of
a library's error.
"""

import json
import re
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Collection, Generator, Iterable, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Any, Final, cast

from sqlalchemy import Connection, Engine, Table, event
from sqlalchemy.orm import object_mapper

from ..core.masking import MASK, also_masked
from ..db.base import Base
from .classes import classified, masked_before

_REMEMBERED: Final = 2_000
_SHORTEST: Final = 3
_WHOLE_WORDS_BELOW: Final = 6
_LONGEST: Final = 200
_SHORTEST_SENTENCE: Final = 12
_MOST_SENTENCES: Final = 500
_MOST_TRIES: Final = 50_000
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+|\n+")

# Names under which other parts log other things; `person_name` is masked all the same.
_TOO_COMMON: Final = frozenset({"name", "source"})


class PersonalValues:
    """Remembers values that were handled lately, and finds them in texts."""

    def __init__(self, remembered: int = _REMEMBERED) -> None:
        """Begin without a value; beyond `remembered` the oldest one goes."""
        self._remembered = remembered
        self._pieces: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        self._by_gram: defaultdict[str, dict[int, Counter[str]]] = defaultdict(dict)
        self._lock = Lock()

    def note(self, value: object) -> None:
        """Remember a value; of a mapping or a sequence, each text in it."""
        if isinstance(value, str):
            self._note(value)
        elif isinstance(value, Mapping):
            for item in cast("Mapping[str, object]", value).values():
                self.note(item)
        elif isinstance(value, list | tuple | set | frozenset):
            for item in cast("Iterable[object]", value):
                self.note(item)

    def cover(self, text: str) -> str:
        """Replace every remembered value in a text; a longer one goes first.

        A long text in which almost every place could begin a value is hidden from where
        the comparisons run out, to bound the time.
        """
        if not self._pieces:
            return text
        with self._lock:
            parts: list[str] = []
            done = at = tries = 0
            while at <= len(text) - _SHORTEST:
                known = self._by_gram.get(text[at : at + _SHORTEST], {})
                tries += len(known)
                exhausted = tries > _MOST_TRIES
                length = len(text) if exhausted else _length_at(text, at, known)
                if length:
                    parts += (text[done:at], MASK)
                    done = at = at + length
                else:
                    at += 1
            return "".join((*parts, text[done:])) if parts else text

    def _note(self, value: str) -> None:
        value = value.strip()[: _LONGEST * _MOST_SENTENCES]
        if len(value) < _SHORTEST:
            return
        with self._lock:
            if value in self._pieces:
                self._pieces.move_to_end(value)
                return
            self._pieces[value] = pieces = tuple(_pieces(value))
            for piece in pieces:
                known = self._by_gram[piece[:_SHORTEST]]
                known.setdefault(len(piece), Counter())[piece] += 1
            if len(self._pieces) > self._remembered:
                self._forget(self._pieces.popitem(last=False)[1])

    def _forget(self, pieces: tuple[str, ...]) -> None:
        for piece in pieces:
            known = self._by_gram[piece[:_SHORTEST]]
            equal = known[len(piece)]
            equal[piece] -= 1
            if not equal[piece]:
                del equal[piece]
            if not equal:
                del known[len(piece)]
            if not known:
                del self._by_gram[piece[:_SHORTEST]]


@contextmanager
def personal_values_masked() -> Generator[PersonalValues]:
    """Mask P0 and P1 values while the enclosed code runs.

    Statements of every engine and entities of every session are listened to.

    Yields:
        What is remembered, so that a part can add values from elsewhere.
    """
    values = PersonalValues()
    columns = _masked_columns()

    def written(
        _connection: Connection,
        _cursor: object,
        _statement: str,
        _parameters: object,
        context: Any,  # noqa: ANN401 - SQLAlchemy has no public type for it
        _many: bool,
    ) -> None:
        compiled = getattr(context, "compiled", None)
        if compiled is None or not (compiled.isinsert or compiled.isupdate):
            return
        names = columns.get(compiled.compile_state.dml_table.name, ())
        for parameters in context.compiled_parameters:
            for name in names:
                values.note(parameters.get(name))

    def loaded(entity: Base, _context: object, _names: object = None) -> None:
        table = cast("Table", object_mapper(entity).local_table)
        present = cast("Mapping[str, object]", vars(entity))
        for name in columns.get(table.name, ()):
            values.note(present.get(name))

    listened = (
        (Engine, "before_cursor_execute", written),
        (Base, "load", loaded),
        (Base, "refresh", loaded),
    )
    with also_masked(masked_keys(), values.cover):
        for target, name, listener in listened:
            event.listen(target, name, listener, propagate=target is Base)
        try:
            yield values
        finally:
            for target, name, listener in listened:
                event.remove(target, name, listener)


def masked_keys() -> frozenset[str]:
    """Name the keys under which a log line may not show its value.

    A column's name, unless another table has a harmless column of that name; and the
    name with its table before it, as in `person_name`.
    """
    harmless: set[str] = set(_TOO_COMMON)
    masked: set[str] = set()
    qualified: set[str] = set()
    for table, column, found in classified():
        if not found.masked:
            harmless.add(column.name)
            continue
        masked.add(column.name)
        qualified |= {
            f"{table.name}_{column.name}",
            f"{table.name.removesuffix('s')}_{column.name}",
        }
    return frozenset((masked - harmless) | qualified)


def _masked_columns() -> dict[str, tuple[str, ...]]:
    """Name the columns whose values are remembered.

    The stored message of an error is not: the same error would hide itself.
    """
    names: defaultdict[str, list[str]] = defaultdict(list)
    for table, column, found in classified():
        if found.masked and not masked_before(column):
            names[table.name].append(column.name)
    return {table: tuple(columns) for table, columns in names.items()}


def _pieces(value: str) -> Iterable[str]:
    """Return what is looked for: the value, its quoted forms, and its sentences."""
    sentences = _SENTENCE.split(value, _MOST_SENTENCES)
    whole = [value] if len(value) <= _LONGEST else _cut(value)
    found: dict[str, None] = {}
    for text in (*whole, *filter(_telling, sentences)):
        for written in (text, repr(text)[1:-1], json.dumps(text)[1:-1]):
            found[written] = None
    return [piece for piece in found if len(piece) >= _SHORTEST]


def _cut(value: str) -> list[str]:
    """Cut a long text, so that also a part of it is found."""
    return [value[at : at + _LONGEST] for at in range(0, len(value), _LONGEST)]


def _telling(sentence: str) -> bool:
    return _SHORTEST_SENTENCE <= len(sentence) <= _LONGEST and " " in sentence


def _length_at(text: str, at: int, known: Mapping[int, Collection[str]]) -> int:
    """Return how long the longest value is that begins here; 0 if none does."""
    for length in sorted(known, reverse=True):
        piece = text[at : at + length]
        if piece in known[length] and _stands_alone(text, at, piece):
            return length
    return 0


def _stands_alone(text: str, at: int, piece: str) -> bool:
    """Let short values count as whole words only, or half of the text would go."""
    if len(piece) >= _WHOLE_WORDS_BELOW:
        return True
    before = text[at - 1 : at]
    after = text[at + len(piece) : at + len(piece) + 1]
    return not (_is_word(before) or _is_word(after))


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"
