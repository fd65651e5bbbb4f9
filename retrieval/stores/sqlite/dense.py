"""The dense lane: exact cosine over the admitted rows of a layout. Pure."""

from __future__ import annotations

import numpy as np

from retrieval.stores.sqlite.layout import Doubles, Layout
from retrieval.stores.sqlite.picture import Bools
from retrieval.stores.sqlite.segment import Floats, Ints

__all__ = ["best_cosines", "cosines_at"]

_SLACK = 1e-4
"""More than the float32 product of two unit vectors can be wrong by, whatever order the sums are made in."""

_SPARSE = 0.2  # below this share of admitted rows gathering them is cheaper than multiplying them all


def best_cosines(layout: Layout, query: Floats, admitted: Bools, *, k: int) -> tuple[Ints, Doubles]:
    """Return places and raw cosines of the ``k`` nearest admitted rows, with every row that ties with the last.

    A fast float32 pass finds who may be among them, a float64 one, which gives a row the same score wherever it
    lies, decides. Not sorted.
    """
    places, rough = _rough(layout, query, admitted)
    if len(places) > k:
        bound = np.partition(rough, len(rough) - k)[len(rough) - k] - _SLACK
        places = places[rough >= bound]
    exact = cosines_at(layout, query, places)
    if len(places) > k:
        keep = exact >= np.partition(exact, len(exact) - k)[len(exact) - k]
        places, exact = places[keep], exact[keep]
    return places, exact


def _rough(layout: Layout, query: Floats, admitted: Bools) -> tuple[Ints, Floats]:
    places: list[Ints] = []
    scores: list[Floats] = []
    for part in layout.parts:
        wanted = part.used & admitted[part.places]
        at = np.flatnonzero(wanted)
        if len(at) == 0:
            continue
        if len(at) < _SPARSE * len(wanted):
            scores.append(_product(part.segment.vectors[at], query))
        else:
            scores.append(_product(part.segment.vectors, query)[at])
        places.append(part.places[at])
    at = np.flatnonzero(admitted[layout.tail])
    places.append(layout.tail[at])
    scores.append(_product(layout.tail_vectors[at], query))
    return np.concatenate(places), np.concatenate(scores)


def _product(vectors: Floats, query: Floats) -> Floats:
    """Return the dot products, without the threads of a BLAS: they wait for each other on a machine that is busy.

    Four times less time under load, hardly more without; a server answers on several threads anyway.
    """
    product: Floats = np.einsum("ij,j->i", vectors, query)
    return product


def cosines_at(layout: Layout, query: Floats, places: Ints) -> Doubles:
    """Return the raw cosines of rows at these places of the picture, in [-1, 1]."""
    vectors = np.empty((len(places), len(query)), dtype=np.float64)
    rows = layout.picture.rows[places]
    for part in layout.parts:
        at = np.searchsorted(part.segment.rows, rows)
        at[at == len(part.segment.rows)] = 0
        held = (part.segment.rows[at] == rows) & part.used[at]
        vectors[held] = part.segment.vectors[at[held]]
    if len(layout.tail):
        at = np.searchsorted(layout.tail, places)
        at[at == len(layout.tail)] = 0
        held = layout.tail[at] == places
        vectors[held] = layout.tail_vectors[at[held]]
    scores: Doubles = (vectors * query.astype(np.float64)).sum(axis=1)
    return np.clip(scores, -1.0, 1.0)
