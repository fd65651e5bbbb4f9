"""Boxes of a place from the boxes of its characters: one per line, horizontal or vertical. Pure, no numpy."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Iterator

from retrieval.values import Box, PageBoxes

__all__ = ["line_boxes"]

_QUAD = struct.Struct("<4f")
_SHARED = 0.5  # of the smaller extent: characters that share this much of it stand in one line
_GAP = 2.5  # in sizes of the larger character: a wider gap within a line begins a new box


def line_boxes(pages: Iterable[PageBoxes], start: int, end: int) -> tuple[Box, ...]:
    """Return one box per line of the code points ``[start, end)``, in text order.

    Neighbours in the text belong to one line when they stand side by side (horizontal) or one under the other
    (vertical) without a gap; the direction is that of the first two. Characters without a place are passed over.
    """
    boxes: list[Box] = []
    for page in pages:
        line: list[Box] = []
        upright: bool | None = None
        for glyph in _glyphs(page, start, end):
            if line:
                direction = _direction(line[-1], glyph)
                if direction is not None and upright in (None, direction):
                    upright = direction
                    line.append(glyph)
                    continue
                boxes.append(_around(line))
            line, upright = [glyph], None
        if line:
            boxes.append(_around(line))
    return tuple(boxes)


def _glyphs(page: PageBoxes, start: int, end: int) -> Iterator[Box]:
    for at in range(max(start, page.start), min(end, page.end)):
        left, top, right, bottom = _QUAD.unpack_from(page.quads, (at - page.start) * _QUAD.size)
        if not any(math.isnan(edge) for edge in (left, top, right, bottom)):
            yield Box(page=page.page, left=left, top=top, right=right, bottom=bottom)


def _direction(one: Box, other: Box) -> bool | None:
    """Return False when two characters stand in a horizontal line, True in a vertical one, None in neither."""
    size = max(one.right - one.left, one.bottom - one.top, other.right - other.left, other.bottom - other.top)
    across = _shared(one.top, one.bottom, other.top, other.bottom)
    along = _shared(one.left, one.right, other.left, other.right)
    gap_x = max(one.left, other.left) - min(one.right, other.right)
    gap_y = max(one.top, other.top) - min(one.bottom, other.bottom)
    if across >= _SHARED and gap_x <= _GAP * size and across >= along:
        return False
    if along >= _SHARED and gap_y <= _GAP * size and other.top >= one.top:
        return True
    return None


def _shared(low: float, high: float, other_low: float, other_high: float) -> float:
    """Return how much of the smaller of two intervals lies in the other, in [0, 1]; an empty one lies in or not."""
    smaller = min(high - low, other_high - other_low)
    shared = min(high, other_high) - max(low, other_low)
    if smaller <= 0:
        return float(shared >= 0)
    return max(0.0, shared / smaller)


def _around(line: list[Box]) -> Box:
    return Box(
        page=line[0].page,
        left=min(box.left for box in line),
        top=min(box.top for box in line),
        right=max(box.right for box in line),
        bottom=max(box.bottom for box in line),
    )
