"""Making segments: from rows of the database, and from other segments. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt

from retrieval.stores.sqlite.segment import Floats, Ints, Segment, term_hash

__all__ = ["MOST_OCCURRENCES", "build", "merge"]

MOST_OCCURRENCES = 255
"""Occurrences of a term in a field that are counted; BM25 hardly tells more apart (k1 1.2)."""

_Bools = npt.NDArray[np.bool_]


def build(rows: Ints, vectors: Floats, titles: Sequence[Sequence[str]], bodies: Sequence[Sequence[str]]) -> Segment:
    """Return a segment of rows in rising order, with the tokens of their two lexical fields."""
    terms = dict.fromkeys(chain(chain.from_iterable(titles), chain.from_iterable(bodies)))
    hashes = np.fromiter((term_hash(term) for term in terms), dtype=np.uint64, count=len(terms))
    order = np.argsort(hashes, kind="stable")
    ranks = np.empty(len(terms), dtype=np.int64)
    ranks[order] = np.arange(len(terms))
    rank_of = dict(zip(terms, ranks.tolist(), strict=True))
    title_keys, title_counts = _counted(rank_of, titles)
    body_keys, body_counts = _counted(rank_of, bodies)
    keys = _sorted_once(np.concatenate([title_keys, body_keys]))
    in_title = np.zeros(len(keys), dtype=np.uint8)
    in_body = np.zeros(len(keys), dtype=np.uint8)
    in_title[np.searchsorted(keys, title_keys)] = title_counts
    in_body[np.searchsorted(keys, body_keys)] = body_counts
    count = max(len(rows), 1)
    return Segment(
        name="",
        rows=rows,
        vectors=vectors,
        terms=hashes[order],
        starts=np.searchsorted(keys, np.arange(len(terms) + 1, dtype=np.int64) * count).astype(np.int64),
        positions=(keys % count).astype(np.uint32),
        in_title=in_title,
        in_body=in_body,
    )


def _counted(rank_of: dict[str, int], fields: Sequence[Sequence[str]]) -> tuple[Ints, npt.NDArray[np.uint8]]:
    """Return the distinct keys ``term rank * rows + row`` of a field, rising, and how often each occurs."""
    lengths = np.fromiter(map(len, fields), dtype=np.int64, count=len(fields))
    ranks = np.fromiter(map(rank_of.__getitem__, chain.from_iterable(fields)), np.int64, count=int(lengths.sum()))
    every = np.sort(ranks * len(fields) + np.repeat(np.arange(len(fields), dtype=np.int64), lengths))
    keys = _sorted_once(every)
    counts = np.diff(np.append(np.searchsorted(every, keys), len(every)))
    return keys, np.minimum(counts, MOST_OCCURRENCES).astype(np.uint8)


def _sorted_once(keys: Ints) -> Ints:
    """Return the distinct keys, rising; `numpy.unique` hashes first, which takes longer here."""
    keys = np.sort(keys)
    return keys[np.append(True, keys[1:] != keys[:-1])] if len(keys) else keys


def merge(parts: Sequence[tuple[Segment, _Bools]]) -> Segment:
    """Return one segment of the rows that are kept of each part; no row is in two of them."""
    rows = np.concatenate([segment.rows[keep] for segment, keep in parts])
    order = np.argsort(rows, kind="stable")
    place = np.empty(len(rows), dtype=np.int64)
    place[order] = np.arange(len(rows))
    vectors = np.empty((len(rows), parts[0][0].vectors.shape[1]), dtype=np.float32)
    moved, before = [], 0
    for segment, keep in parts:
        kept = int(keep.sum())
        vectors[place[before : before + kept]] = segment.vectors[keep]
        moved.append(_moved(segment, keep, place[before : before + kept]))
        before += kept
    terms, positions, in_title, in_body = (np.concatenate([part[i] for part in moved]) for i in range(4))
    by_term = np.lexsort((positions, terms))
    terms = terms[by_term]
    distinct, first = np.unique(terms, return_index=True)
    return Segment(
        name="",
        rows=rows[order],
        vectors=vectors,
        terms=distinct.astype(np.uint64),
        starts=np.append(first, len(terms)).astype(np.int64),
        positions=positions[by_term].astype(np.uint32),
        in_title=in_title[by_term].astype(np.uint8),
        in_body=in_body[by_term].astype(np.uint8),
    )


def _moved(segment: Segment, keep: _Bools, place: Ints) -> tuple[npt.NDArray[np.generic], ...]:
    """Return term, new position and counts of every posting of a row that is kept."""
    target = np.full(len(segment.rows), -1, dtype=np.int64)
    target[keep] = place
    positions = target[segment.positions]
    stays = positions >= 0
    terms = np.repeat(segment.terms, np.diff(segment.starts))
    return terms[stays], positions[stays].astype(np.uint32), segment.in_title[stays], segment.in_body[stays]
