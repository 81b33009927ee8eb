"""Turns texts into vectors: the interface, and a model that needs no network."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Final, Protocol

from .models import DIMENSIONS

_WORD: Final = re.compile(r"\w+")
_GRAM: Final = 4
_WORD_WEIGHT: Final = 1.0
_SHORT_WEIGHT: Final = 0.25  # short words are mostly grammar
_STEM: Final = 5
_STEM_WEIGHT: Final = 1.0
_GRAM_WEIGHT: Final = 0.25
_SHORT: Final = 3


class Embedder(Protocol):
    """Computes what a text means.

    Attributes:
        model: Identifies the model; another name means that old vectors are useless.
        immediate: Whether it is fast enough for the transaction of a change.
    """

    @property
    def model(self) -> str: ...  # noqa: D102 - described above

    @property
    def immediate(self) -> bool: ...  # noqa: D102 - described above

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return a vector of `DIMENSIONS` numbers, of length one, for each text."""
        ...


class LocalEmbedder:
    """Hashes words and their parts into a vector: deterministic and without network.

    Texts that share words, or parts of long words, come close to each other; it knows
    no synonyms. Good for development, tests and small collections.
    """

    model = "local-hashing-1"
    immediate = True

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Compute the vectors; the same text always gives the same one."""
        return [_vector(text) for text in texts]


def _vector(text: str) -> list[float]:
    counts: Counter[str] = Counter()
    weights: dict[str, float] = {}
    for feature, weight in _features(text):
        counts[feature] += 1
        weights[feature] = weight
    vector = [0.0] * DIMENSIONS
    for feature, count in counts.items():
        digest = int.from_bytes(blake2b(feature.encode(), digest_size=8).digest())
        place, sign = divmod(digest >> 1, DIMENSIONS)[1], 1 if digest & 1 else -1
        vector[place] += sign * weights[feature] * (1 + math.log(count))
    length = math.sqrt(sum(number * number for number in vector))
    return [number / length for number in vector] if length else _nowhere()


def _features(text: str) -> Iterator[tuple[str, float]]:
    """Give words, and beginnings and parts of long words in place of a stemmer."""
    for word in _WORD.findall(unicodedata.normalize("NFKC", text).casefold()):
        yield word, _SHORT_WEIGHT if len(word) <= _SHORT else _WORD_WEIGHT
        if len(word) >= _STEM:
            yield f"^{word[:_STEM]}", _STEM_WEIGHT
        for start in range(len(word) - _GRAM + 1):
            yield f"#{word[start : start + _GRAM]}", _GRAM_WEIGHT


def _nowhere() -> list[float]:
    """Give a direction to a text without words: a zero vector has no distance."""
    return [1.0, *([0.0] * (DIMENSIONS - 1))]
