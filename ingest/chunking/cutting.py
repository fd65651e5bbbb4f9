"""Cut a span finer and finer: sentences, clauses, words, characters as people see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise

from ingest.chunking.sizes import Sizes
from retrieval.text.graphemes import boundaries
from retrieval.text.sentences import sentences

__all__ = ["Unit", "halved", "lines", "pieces", "unit"]

_CLAUSE = re.compile(r"[、，；;：]+[」』）)\"'”’]*|[,:]+[」』）)\"'”’]*(?=\s)")
_WORD = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Unit:
    """A span that is not cut when chunks are packed. ``rank`` tells how bad a cut before it is, 0 not at all."""

    start: int
    end: int
    rank: int = 0


def unit(text: str, start: int, end: int, *, rank: int = 0) -> Unit | None:
    """Return a span without the white space around it, or None when nothing is left."""
    raw = text[start:end]
    stripped = raw.strip()
    if not stripped:
        return None
    begin = start + len(raw) - len(raw.lstrip())
    return Unit(begin, begin + len(stripped), rank)


def lines(text: str, start: int, end: int, *, limit: int, sizes: Sizes, rank: int = 1) -> list[Unit]:
    """Return the lines of a span, those over ``limit`` cut finer; a line after an empty one has rank 0."""
    found: list[Unit] = []
    at = start
    while at < end:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        line = unit(text, at, stop)
        if line is not None:
            gap = bool(found) and text.count("\n", found[-1].end, line.start) > 1
            found.extend(_ranked(pieces(text, line.start, line.end, limit=limit, sizes=sizes), 0 if gap else rank))
        at = stop + 1
    return found


def pieces(text: str, start: int, end: int, *, limit: int, sizes: Sizes, rank: int = 0) -> list[Unit]:
    """Return the sentences of a span, those over ``limit`` cut finer; the first piece has ``rank``."""
    found: list[Unit] = []
    for span in sentences(text, start=start, end=end):
        if sizes.of(span.start, span.end) <= limit:
            found.append(Unit(span.start, span.end, 1))
            continue
        finer = _cut(text, span.start, span.end, level=0, limit=limit, sizes=sizes)
        found.extend(_ranked(list(finer), 1))
    return _ranked(found, rank)


def _ranked(units: list[Unit], rank: int) -> list[Unit]:
    return [Unit(units[0].start, units[0].end, rank), *units[1:]] if units else units


def _marks(text: str, start: int, end: int, level: int) -> Iterator[int]:
    """Yield where a span may be cut: level 0 after clause marks, 1 after white space, 2 between clusters."""
    if level == 2:
        yield from boundaries(text, start=start, end=end)
    else:
        for match in (_CLAUSE, _WORD)[level].finditer(text, start, end):
            if start < match.end() < end:
                yield match.end()


def _cut(text: str, start: int, end: int, *, level: int, limit: int, sizes: Sizes) -> Iterator[Unit]:
    """Yield pieces of a sentence that are not over ``limit``, joining small ones again; linear for each level."""
    begin = last = start
    for mark in chain(_marks(text, start, end, level), (end,)):
        if sizes.of(begin, mark) > limit and last > begin:
            yield from _finer(text, begin, last, level=level, limit=limit, sizes=sizes)
            begin = last
        last = mark
    yield from _finer(text, begin, end, level=level, limit=limit, sizes=sizes)


def _finer(text: str, start: int, end: int, *, level: int, limit: int, sizes: Sizes) -> Iterator[Unit]:
    if level < 2 and sizes.of(start, end) > limit:
        yield from _cut(text, start, end, level=level + 1, limit=limit, sizes=sizes)
        return
    piece = unit(text, start, end, rank=2)
    if piece is not None:
        yield piece


def halved(text: str, start: int, end: int, *, sizes: Sizes) -> tuple[Unit, Unit] | None:
    """Cut a span into two near its middle, at the gentlest place there is; None when it cannot be cut at all."""
    for marks in _ladder(text, start, end):
        best = min(
            (mark for mark in marks if _fair(start, mark, end, sizes)),
            key=lambda mark: (abs(sizes.of(start, mark) - sizes.of(mark, end)), mark),
            default=None,
        )
        if best is not None:
            first, second = unit(text, start, best), unit(text, best, end)
            if first is not None and second is not None:
                return first, second
    return None


def _ladder(text: str, start: int, end: int) -> Iterator[list[int]]:
    yield [after.start for _, after in pairwise(sentences(text, start=start, end=end))]
    for level in range(3):
        yield list(_marks(text, start, end, level))
    yield [start + (end - start) // 2] if end - start > 1 else []


def _fair(start: int, mark: int, end: int, sizes: Sizes) -> bool:
    """Tell whether both sides are at least an eighth of the whole, or the whole is only a few characters."""
    return end - start < 16 or 8 * min(sizes.of(start, mark), sizes.of(mark, end)) >= sizes.of(start, end)
