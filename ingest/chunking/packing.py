"""Pack units into groups of a good size, so that an edit moves few boundaries.

A boundary depends on the text around it, not on what came before: among the places where a group may end, the
gentlest is taken, and among equals the one whose following text has the smallest hash. After an insertion the groups
fall back into step at the next place that both versions prefer (content-defined chunking, as in rsync and restic).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from ingest.chunking.cutting import Unit
from ingest.chunking.sizes import Sizes

__all__ = ["pack"]

_ANCHOR = 64
"""Code points after a boundary that decide on it."""


def pack(text: str, units: Sequence[Unit], *, low: int, high: int, sizes: Sizes) -> list[list[Unit]]:
    """Group units in order; a group's span is at most ``high`` unless a single unit is larger.

    A group ends between ``low`` and ``high`` where it can; what remains is one group when it fits ``high``.
    """
    groups: list[list[Unit]] = []
    at = 0
    while at < len(units):
        stop = _stop(text, units, at, low=low, high=high, sizes=sizes)
        groups.append(list(units[at:stop]))
        at = stop
    return groups


def _stop(text: str, units: Sequence[Unit], at: int, *, low: int, high: int, sizes: Sizes) -> int:
    begin = units[at].start
    if sizes.of(begin, units[-1].end) <= high:
        return len(units)
    candidates: list[int] = []
    stop = at + 1
    while stop < len(units) and sizes.of(begin, units[stop - 1].end) <= high:
        if sizes.of(begin, units[stop - 1].end) >= low:
            candidates.append(stop)
        stop += 1
    if candidates:
        return min(candidates, key=lambda each: (units[each].rank, _anchor(text, units[each]), each))
    # No unit ends in the window: stop before the large one that jumps over it.
    return max(at + 1, stop - 1)


def _anchor(text: str, following: Unit) -> bytes:
    part = text[following.start : min(following.end, following.start + _ANCHOR)]
    return hashlib.blake2b(part.encode("utf-8", "surrogatepass"), digest_size=8).digest()
