"""Where the current rows of a generation lie: in which segment, or in none. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from retrieval.stores.sqlite.picture import Bools, Picture
from retrieval.stores.sqlite.segment import Floats, Ints, Segment

__all__ = ["K1", "TITLE_WEIGHT", "B", "Doubles", "Layout", "Norms", "Part", "lay_out", "norms_of"]

Doubles = npt.NDArray[np.float64]

K1 = 1.2
B = 0.75
TITLE_WEIGHT = 1.0
"""How much an occurrence of a term in the title counts, where one in the body counts 1."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Part:
    """A segment as one picture uses it.

    ``places[i]`` is where the segment's row ``i`` stands in the picture, meaningless unless ``used[i]``.
    """

    segment: Segment
    used: Bools
    places: Ints


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Norms:
    """Length normalisation of BM25F per place of the picture: ``1 - b + b * length / average``, per field.

    Robertson, Zaragoza and Taylor, Simple BM25 Extension to Multiple Weighted Fields, 2004.
    """

    title: Doubles
    body: Doubles


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Layout:
    """A picture over segments. ``tail`` are the places that no segment holds, ``tail_vectors`` their vectors."""

    picture: Picture
    parts: tuple[Part, ...]
    tail: Ints
    tail_vectors: Floats
    norms: Norms


def lay_out(picture: Picture, segments: Sequence[Segment]) -> tuple[tuple[Part, ...], Ints]:
    """Return the segments that hold rows of the picture and the places left over; the first to hold a row serves it."""
    covered = np.zeros(len(picture.rows), dtype=np.bool_)
    parts = []
    for segment in segments:
        places = np.searchsorted(picture.rows, segment.rows).astype(np.int64)
        places[places == len(picture.rows)] = 0
        used = picture.rows[places] == segment.rows if len(picture.rows) else np.zeros(len(places), dtype=np.bool_)
        used &= ~covered[places] if len(covered) else used
        covered[places[used]] = True
        if used.any():
            parts.append(Part(segment=segment, used=used, places=places))
    return tuple(parts), np.flatnonzero(~covered).astype(np.int64)


def norms_of(picture: Picture) -> Norms:
    """Return the norms of all places, over the statistics of the whole generation."""
    return Norms(title=_norm(picture.title_tokens), body=_norm(picture.body_tokens))


def _norm(lengths: Ints) -> Doubles:
    average = float(lengths.mean()) if len(lengths) else 0.0
    if average == 0.0:
        return np.ones(len(lengths), dtype=np.float64)
    return (1.0 - B + B * lengths / average).astype(np.float64)
