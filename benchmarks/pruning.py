"""What it would save to leave frequent tokens out of the candidates of the lexical lane, and what it would lose.

Candidates are the rows that have a token of the question which stands in at most 2 % of the chunks; they are scored
with all tokens, the frequent ones looked up for the candidates alone. A question of frequent tokens only is not pruned.
The store itself does not do this (docs/decisions/0099).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from retrieval.stores.sqlite.layout import K1, TITLE_WEIGHT, Doubles, Layout, Part
from retrieval.stores.sqlite.segment import Ints, term_hash

__all__ = ["best_places", "exact_scores", "pruned_scores"]

_FREQUENT = 0.02


def exact_scores(layout: Layout, tokens: Sequence[str]) -> Doubles:
    """Return the BM25 of every row, as the store reckons it; all rows must lie in segments."""
    scores = np.zeros(len(layout.picture.rows), dtype=np.float64)
    for token in tokens:
        _add_whole(layout, token, scores)
    return scores


def pruned_scores(layout: Layout, tokens: Sequence[str]) -> Doubles:
    """Return the BM25 of the candidates and 0 for all other rows."""
    most = _FREQUENT * len(layout.picture.rows)
    rare = [token for token in tokens if 0 < _having(layout, token) <= most]
    if not rare:
        return exact_scores(layout, tokens)
    scores = np.zeros(len(layout.picture.rows), dtype=np.float64)
    for token in rare:
        _add_whole(layout, token, scores)
    candidates = np.flatnonzero(scores).astype(np.int64)
    wanted = [(part, _positions(part, candidates)) for part in layout.parts]
    for token in tokens:
        if _having(layout, token) > most:
            _add_to(layout, wanted, token, scores)
    return scores


def best_places(scores: Doubles, k: int) -> Ints:
    """Return the places of the ``k`` best scores, best first, ties by place; those without a score are left out."""
    places = np.flatnonzero(scores).astype(np.int64)
    if len(places) > k:
        least = np.partition(scores[places], len(places) - k)[len(places) - k]
        places = places[scores[places] >= least]
    best: Ints = places[np.lexsort((places, -scores[places]))][:k]
    return best


def _having(layout: Layout, token: str) -> int:
    spans = (part.segment.postings(term_hash(token)) for part in layout.parts)
    return sum(span.stop - span.start for span in spans)


def _idf(layout: Layout, token: str) -> float:
    total, having = len(layout.picture.rows), _having(layout, token)
    return math.log1p((total - having + 0.5) / (having + 0.5))


def _add_whole(layout: Layout, token: str, scores: Doubles) -> None:
    idf = _idf(layout, token)
    for part in layout.parts:
        span = part.segment.postings(term_hash(token))
        places = part.places[part.segment.positions[span]]
        scores[places] += idf * _share(layout, part, places, span)


def _positions(part: Part, candidates: Ints) -> Ints:
    """Return which rows of a segment are candidates; places rise with the rows of a segment."""
    at = np.searchsorted(part.places, candidates)
    at[at == len(part.places)] = 0
    found: Ints = at[part.places[at] == candidates]
    return found


def _add_to(layout: Layout, wanted: Sequence[tuple[Part, Ints]], token: str, scores: Doubles) -> None:
    idf = _idf(layout, token)
    for part, rows in wanted:
        span = part.segment.postings(term_hash(token))
        positions = part.segment.positions[span]
        if len(positions):
            at = np.searchsorted(positions, rows.astype(np.uint32))
            at[at == len(positions)] = 0
            held = positions[at] == rows
            places = part.places[rows[held]]
            scores[places] += idf * _share(layout, part, places, at[held] + span.start)


def _share(layout: Layout, part: Part, places: Ints, at: slice | Ints) -> Doubles:
    in_title, in_body = part.segment.in_title[at], part.segment.in_body[at]
    frequency = TITLE_WEIGHT * in_title / layout.norms.title[places] + in_body / layout.norms.body[places]
    share: Doubles = (K1 + 1) * frequency / (frequency + K1)
    return share
