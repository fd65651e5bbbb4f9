"""Lines to reading order: columns of prose are read one after the other, rows of a table across.

A recursive cut in the manner of XY-cut (Nagy and Seth 1984), with one change: a gutter is accepted only where both
sides hold prose (long lines), so that tables are not read by column.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from ingest.readers.cleaning import width
from ingest.readers.pdf.lines import Line, merge, rows

__all__ = ["Region", "regions"]

_DEPTH = 6
_MIN_LINES = 4
_MIN_GUTTER = 0.7  # of the size
_MIN_FILL = 0.5  # of a column's width that its median line takes
_MIN_WIDTH = 14  # columns of a fixed-width font that a median line of prose takes


@dataclass(frozen=True, kw_only=True)
class Region:
    """Lines read from top to bottom, and the edges between which they stand.

    ``side`` marks text that runs another way than most of its page.
    """

    lines: tuple[Line, ...]
    left: float
    right: float
    side: bool = False


@dataclass(frozen=True, kw_only=True)
class _Cut:
    """A gutter at ``at`` through the rows ``first .. last - 1``; ``weight`` counts the lines beside it."""

    at: float
    first: int
    last: int
    weight: int


def regions(pieces: Sequence[Line], *, depth: int = 0) -> list[Region]:
    """Return the regions of one direction of a page in reading order."""
    if not pieces:
        return []
    grouped = rows(pieces)
    cut = _best_cut(grouped) if depth < _DEPTH else None
    if cut is None:
        lines = tuple(merge(row) for row in grouped)
        return [Region(lines=lines, left=min(line.u0 for line in lines), right=max(line.u1 for line in lines))]
    above = [line for row in grouped[: cut.first] for line in row]
    beside = [line for row in grouped[cut.first : cut.last] for line in row]
    below = [line for row in grouped[cut.last :] for line in row]
    first = [line for line in beside if line.u0 < cut.at]
    second = [line for line in beside if line.u0 >= cut.at]
    return [region for part in (above, first, second, below) for region in regions(part, depth=depth + 1)]


def _best_cut(grouped: list[list[Line]]) -> _Cut | None:
    lines = [line for row in grouped for line in row]
    if len(lines) < 2 * _MIN_LINES:
        return None
    size = median(line.size for line in lines)
    edges = Counter(round(line.u0 / size) for line in lines)
    start = min(line.u0 for line in lines)
    best: _Cut | None = None
    for edge, count in edges.items():
        at = edge * size - 0.6 * size
        if count >= _MIN_LINES - 1 and at > start + 3 * size:
            for cut in _runs(grouped, at):
                if (best is None or cut.weight > best.weight) and _is_gutter(grouped[cut.first : cut.last], cut.at):
                    best = cut
    return best


def _runs(grouped: list[list[Line]], at: float) -> list[_Cut]:
    found, first = [], 0
    for index, row in enumerate([*grouped, None]):
        if row is None or any(line.u0 < at < line.u1 for line in row):
            beside = [line for r in grouped[first:index] for line in r]
            left = sum(line.u0 < at for line in beside)
            weight = min(left, len(beside) - left)
            if weight >= _MIN_LINES:
                found.append(_Cut(at=at, first=first, last=index, weight=weight))
            first = index + 1
    return found


def _is_gutter(grouped: list[list[Line]], at: float) -> bool:
    lines = [line for row in grouped for line in row]
    left, right = [line for line in lines if line.u0 < at], [line for line in lines if line.u0 >= at]
    size = median(line.size for line in lines)
    if min(line.u0 for line in right) - max(line.u1 for line in left) < _MIN_GUTTER * size:
        return False
    shared = min(left[-1].v1, right[-1].v1) - max(left[0].v0, right[0].v0)
    if shared < 0.4 * min(left[-1].v1 - left[0].v0, right[-1].v1 - right[0].v0):
        return False
    return _is_prose(left) and _is_prose(right)


def _is_prose(lines: list[Line]) -> bool:
    extent = max(line.u1 for line in lines) - min(line.u0 for line in lines)
    return (
        median(line.u1 - line.u0 for line in lines) >= _MIN_FILL * extent
        and median(width(line.text) for line in lines) >= _MIN_WIDTH
    )
