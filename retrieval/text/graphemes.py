"""Where a text may be cut without breaking a character as people see it.

A working subset of Unicode Standard Annex 29 (extended grapheme clusters): marks, variation selectors, joined and
skin-toned emoji, flags, keycaps, Hangul syllables in parts, half-width ﾞ and ﾟ, CR LF. Linear.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

__all__ = ["boundaries"]

_LONGEST = 64
"""Code points of a cluster; an endless run of marks is cut there."""

_JOINER = "\u200d"


@lru_cache(maxsize=16384)
def _extends(char: str) -> bool:
    """Tell whether a character belongs to what stands before it."""
    if char == _JOINER or "\U0001f3fb" <= char <= "\U0001f3ff" or "\U000e0020" <= char <= "\U000e007f":
        return True
    if "\uff9e" <= char <= "\uff9f" or "\u1160" <= char <= "\u11ff" or "\udc00" <= char <= "\udfff":
        return True
    return unicodedata.category(char).startswith("M")


def boundaries(text: str, *, start: int = 0, end: int | None = None) -> Iterator[int]:
    """Yield, rising, the offsets inside ``text[start:end]`` where a cluster begins, ``start`` left out."""
    stop = len(text) if end is None else end
    begin, flags = start, 0
    for at in range(start, stop):
        char, before = text[at], text[at - 1] if at > start else ""
        flag = "\U0001f1e6" <= char <= "\U0001f1ff"
        joined = (
            (char > "\u02ff" and _extends(char))
            or before == _JOINER
            or (before == "\r" and char == "\n")
            or (flag and flags % 2 == 1)
        )
        flags = flags + 1 if flag else 0
        if at > start and (not joined or at - begin >= _LONGEST):
            begin = at
            yield at
