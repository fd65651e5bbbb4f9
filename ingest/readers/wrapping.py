"""Joins the lines that a fixed width broke, in plain text; line ends that mean something stay."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ingest.readers.assembly import join
from ingest.readers.cleaning import is_cjk, width

__all__ = ["unwrap"]

_NARROWEST = 40  # columns; shorter lines are verses, addresses, lists
_NARROWEST_CJK = 56
_ENDS = frozenset("。．！？!?」』）)】…:：")
_ALIGNED = re.compile(r"\S(?:[ \u3000]{2,}|\u3000)\S")


def unwrap(lines: Sequence[str]) -> str:
    """Return one paragraph with its wrapped lines joined and its meant line ends kept as newlines.

    A line end is a wrap when the next word would not have fitted into the paragraph's widest line: the classic
    test of text flowing (RFC 3676 gives the reason it is needed). Between CJK characters nothing is put, else one
    space.
    """
    lines = [line.strip() for line in lines]
    widest = max((width(line) for line in lines), default=0)
    out = [lines[0]] if lines else []
    for previous, line in pairwise(lines):
        if _wrapped(previous, line, widest):
            out.append(join(previous, line) + line)
        else:
            out.append("\n" + line)
    return "".join(out)


def _wrapped(line: str, following: str, widest: int) -> bool:
    if not line or not following or line[-1] in ":：":
        return False
    if is_cjk(line[-1]) or is_cjk(following[0]):
        aligned = _ALIGNED.search(line) and _ALIGNED.search(following)  # columns made of spaces
        full = widest >= _NARROWEST_CJK and width(line) >= widest - 4
        return full and line[-1] not in _ENDS and not aligned
    if widest < _NARROWEST:
        return False
    word = following.split(None, 1)[0]
    return width(line) + 1 + width(word) > widest
