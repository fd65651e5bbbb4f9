"""The size of any span of a text, estimated once per text, in hundredths of a token.

Weights per script are those of the multilingual SentencePiece vocabulary of the local embedder, rounded up; another
embedder's count is held by the check against its own tokens, not by these.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate

__all__ = ["TOKEN", "Sizes", "size_of"]

TOKEN = 100
"""Units of size in one token."""

_WEIGHTS = (
    # first code point of a range, weight of each character in it
    (0x00, 20),  # white space and controls
    (0x21, 80),  # punctuation
    (0x30, 45),  # digits
    (0x3A, 80),
    (0x41, 19),  # Latin letters
    (0x5B, 80),
    (0x61, 19),
    (0x7B, 80),
    (0xA0, 40),  # accented Latin, Greek, Cyrillic
    (0x530, 70),  # other alphabets
    (0x2000, 100),  # symbols
    (0x3041, 45),  # hiragana
    (0x30A0, 78),  # katakana
    (0x3100, 100),
    (0x3400, 80),  # kanji
    (0xA000, 60),
    (0xAC00, 50),  # Hangul
    (0xD7A4, 100),  # full-width forms and the rest
    (0x10000, 150),
)
_FIRSTS = [first for first, _ in _WEIGHTS]


@lru_cache(maxsize=16384)
def _weight(char: str) -> int:
    return _WEIGHTS[bisect_right(_FIRSTS, ord(char)) - 1][1]


class Sizes:
    """Sizes of the spans of one text, each in constant time after one pass."""

    def __init__(self, text: str) -> None:
        self._sums = array("q", accumulate(map(_weight, text), initial=0))

    def of(self, start: int, end: int) -> int:
        """Return the estimated size of ``text[start:end]`` in hundredths of a token."""
        return self._sums[end] - self._sums[start]

    def reach(self, start: int, limit: int) -> int:
        """Return the largest end whose span from ``start`` is not over ``limit``; at least one code point."""
        return max(start + 1, bisect_right(self._sums, self._sums[start] + limit) - 1)


def size_of(text: str) -> int:
    """Return the estimated size of a short text in hundredths of a token."""
    return sum(map(_weight, text))
