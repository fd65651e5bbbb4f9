"""Fold text so that written variants match, with a map back to the original code points.

Folding is NFKC (Unicode Standard Annex 15: full and half width, ligatures, ``㌔`` to ``キロ``), case folding, and
white-space runs to one space. Text is folded in segments that do not influence each other under NFKC: a
character and the marks that may combine with it. Every folded code point knows its segment, so a place found in
the folded text is given back as whole segments of the original: never half a ``ｶﾞ``, never ``e`` without its accent.

All functions are linear in the length of their input. A segment takes at most 30 marks (as in the stream-safe
format of Annex 15), because reordering an endless run of marks is not linear.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from retrieval.values import Span

__all__ = ["Folded", "clusters", "find_folded", "fold", "nfkc"]

_MARKS = 30

_PLAIN = "\u0021-\u007e\u00a1-\u00a7\u00a9\u00ab-\u00ae\u00b0\u00b1\u00b6\u00b7\u00bb\u00bf-\u00ff"
_KANA_KANJI = (
    "\u3001-\u3003\u3005-\u3029\u3030-\u3035\u303d\u3041-\u3096\u309d\u309e\u30a1-\u30fa\u30fc-\u30fe\u3400-\u9fff"
)
_RUNS = re.compile(rf"(?P<space>\s+)|(?P<plain>[{_PLAIN}{_KANA_KANJI}]+)|(?P<other>.)", re.DOTALL)

_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣⁃˗"), "-")
_QUOTES = dict.fromkeys(map(ord, "‘’‚‛′`´"), "'") | dict.fromkeys(map(ord, "“”„‟″〝〞〟«»"), '"')
_VARIANTS = _HYPHENS | _QUOTES
_CJK = re.compile("[\u3001-\u303f\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]")


@lru_cache(maxsize=8192)
def _continues(char: str) -> bool:
    """Tell whether a character may combine with what stands before it: marks, half-width ﾞ ﾟ, Hangul vowels."""
    first = unicodedata.normalize("NFKD", char)[:1]
    return unicodedata.category(first).startswith("M") or "\u1160" <= first <= "\u11ff"


def clusters(text: str) -> list[Span]:
    """Return the segments of a text that NFKC treats apart: a character with its marks. They join to the text."""
    starts: list[int] = []
    marks = 0
    for at, char in enumerate(text):
        if starts and marks < _MARKS and char > "\u02ff" and _continues(char):
            marks += 1
        else:
            starts.append(at)
            marks = 0
    return [Span(start=a, end=b) for a, b in pairwise([*starts, len(text)])]


@lru_cache(maxsize=16384)
def _fold_segment(segment: str) -> str:
    """Return the folded form of one segment; folding twice gives the same as once."""
    folded = segment
    for _ in range(3):
        again = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", folded).casefold())
        if again == folded:
            break
        folded = again
    return folded


def nfkc(text: str) -> str:
    """Return the NFKC form of a text in linear time, also when marks run on without end."""
    if text.isascii():
        return text
    return "".join(unicodedata.normalize("NFKC", part) for part in _bounded(text))


def _bounded(text: str) -> list[str]:
    """Cut a text where NFKC may be applied apart, at the latest after a run of 30 marks."""
    parts: list[str] = []
    begin = marks = 0
    for at, char in enumerate(text):
        if char > "\u02ff" and _continues(char):
            marks += 1
            if marks > _MARKS:
                parts.append(text[begin:at])
                begin, marks = at, 0
        else:
            marks = 0
    parts.append(text[begin:])
    return parts


@dataclass(frozen=True, kw_only=True, slots=True)
class Folded:
    """A folded text and where each of its parts came from.

    ``text`` is the folded text. It is cut into pieces: piece ``i`` begins at ``folded[i]`` in ``text`` and at
    ``source[i]`` in the original; ``even[i]`` tells that its code points correspond one to one, otherwise the piece
    is a segment that stays whole. The last entries are the two lengths.
    """

    text: str
    folded: tuple[int, ...]
    source: tuple[int, ...]
    even: tuple[bool, ...]

    def original(self, start: int, end: int) -> Span:
        """Return the smallest span of whole original segments that holds the folded span ``[start, end)``.

        Raises `ValueError` when the span is empty or outside the folded text.
        """
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"no folded span {start}-{end} in a folded text of {len(self.text)}")
        first = bisect_right(self.folded, start) - 1
        last = bisect_right(self.folded, end - 1) - 1
        begin = self.source[first] + (start - self.folded[first] if self.even[first] else 0)
        finish = self.source[last] + end - self.folded[last] if self.even[last] else self.source[last + 1]
        return Span(start=begin, end=finish)


class _Pieces:
    """Gathers the pieces of a folded text; one-to-one neighbours grow together."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.folded: list[int] = []
        self.source: list[int] = []
        self.even: list[bool] = []

    def add(self, part: str, *, at: int, even: bool) -> None:
        if not (even and self.even and self.even[-1] and at - self.source[-1] == self.length - self.folded[-1]):
            self.folded.append(self.length)
            self.source.append(at)
            self.even.append(even)
        self.parts.append(part)
        self.length += len(part)


def fold(text: str, *, loose: bool = False) -> Folded:
    """Fold a text, keeping the map back to its code points.

    ``loose`` also unites hyphens and dashes, and quotation marks, and drops white space between two Japanese,
    Chinese or Korean characters, where a line break means nothing.
    """
    pieces = _Pieces()
    at, size = 0, len(text)
    while at < size:
        match = _RUNS.match(text, at)
        if match is None:  # pragma: no cover - the last alternative takes any character
            raise AssertionError("every character belongs to a run")
        end = match.end()
        if match.lastgroup == "space" and not (end < size and _continues(text[end])):
            if not (loose and at > 0 and end < size and _CJK.match(text, at - 1) and _CJK.match(text, end)):
                pieces.add(" ", at=at, even=end == at + 1)
        elif match.lastgroup == "plain":
            if end < size and text[end] > "\u02ff" and _continues(text[end]):
                end -= 1
            _add_plain(pieces, text[at:end], at=at, loose=loose)
            if end < match.end():
                end = _add_segment(pieces, text, end, loose=loose)
        else:
            end = _add_segment(pieces, text, at, loose=loose)
        at = end
    return Folded(
        text="".join(pieces.parts),
        folded=(*pieces.folded, pieces.length),
        source=(*pieces.source, size),
        even=(*pieces.even, True),
    )


def _add_plain(pieces: _Pieces, part: str, *, at: int, loose: bool) -> None:
    """Add a run of characters that NFKC leaves alone; only case folding may lengthen one of them."""
    shown = part.translate(_VARIANTS) if loose else part
    whole = shown.casefold()
    if len(whole) == len(part):
        if part:
            pieces.add(whole, at=at, even=True)
        return
    for offset, char in enumerate(shown):
        small = _fold_segment(char)
        pieces.add(small, at=at + offset, even=len(small) == 1)


def _add_segment(pieces: _Pieces, text: str, at: int, *, loose: bool) -> int:
    """Add one segment, a character and its marks; return where it ends."""
    end = at + 1
    while end < len(text) and end - at <= _MARKS and _continues(text[end]):
        end += 1
    segment = text[at:end]
    folded = _fold_segment(segment)
    if loose:
        folded = folded.translate(_VARIANTS) if folded == segment else segment.translate(_VARIANTS)
        folded = _fold_segment(folded)
    pieces.add(folded, at=at, even=len(folded) == len(segment) == 1)
    return end


def find_folded(needle: str, haystack: str | Folded, *, loose: bool = False) -> Span | None:
    """Return the first original span of ``haystack`` whose folded form holds the folded ``needle``, or None.

    White space around the needle does not matter; an empty needle is nowhere. Pass a `Folded` haystack (made with
    the same ``loose``) to look for many needles in one text.
    """
    wanted = fold(needle, loose=loose).text.strip()
    folded = fold(haystack, loose=loose) if isinstance(haystack, str) else haystack
    at = folded.text.find(wanted) if wanted else -1
    return None if at < 0 else folded.original(at, at + len(wanted))
