"""The lexical lane: exact BM25 over the rows of a layout, postings from segments and, for the tail, from FTS5.

BM25F with ``k1 = 1.2`` and ``b = 0.75`` over two fields, with statistics over the whole generation whatever is
admitted, and the idf of Lucene, ``ln(1 + (N - n + 0.5) / (n + 0.5))``, which is never negative.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.stores.sqlite.building import MOST_OCCURRENCES
from retrieval.stores.sqlite.layout import K1, TITLE_WEIGHT, Doubles, Layout
from retrieval.stores.sqlite.schema import fts_table
from retrieval.stores.sqlite.segment import Ints, term_hash
from retrieval.values import Term

__all__ = ["Scored", "score", "weigh"]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Scored:
    """BM25 of every place of a picture, 0.0 where no term matches, and the question's ideal score."""

    scores: Doubles
    ideal: float


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Postings:
    """The current rows that have a term: their places, and how often they have it in each field."""

    places: Ints
    in_title: Ints
    in_body: Ints


def weigh(connection: sqlite3.Connection, layout: Layout, terms: Sequence[str]) -> tuple[Term, ...]:
    """Return the terms with their idf in the generation; one that no row has is not ``known``."""
    return tuple(_term(layout, text, postings) for text, postings in _looked_up(connection, layout, terms))


def score(connection: sqlite3.Connection, layout: Layout, terms: Sequence[str]) -> Scored:
    """Return the scores of all rows for distinct terms; the order of the terms changes nothing but rounding."""
    scores = np.zeros(len(layout.picture.rows), dtype=np.float64)
    ideal = 0.0
    for text, postings in _looked_up(connection, layout, terms):
        if len(postings.places) == 0:
            continue
        idf = _term(layout, text, postings).idf
        ideal += idf * (K1 + 1)
        frequency = (
            TITLE_WEIGHT * postings.in_title / layout.norms.title[postings.places]
            + postings.in_body / layout.norms.body[postings.places]
        )
        scores[postings.places] += idf * (K1 + 1) * frequency / (frequency + K1)
    return Scored(scores=scores, ideal=ideal)


def _term(layout: Layout, text: str, postings: _Postings) -> Term:
    total, having = len(layout.picture.rows), len(postings.places)
    return Term(text=text, idf=math.log1p((total - having + 0.5) / (having + 0.5)), known=having > 0)


def _looked_up(connection: sqlite3.Connection, layout: Layout, terms: Sequence[str]) -> Sequence[tuple[str, _Postings]]:
    tail = _tail_postings(connection, layout, terms)
    return [(text, _joined([*_segment_postings(layout, text), tail[text]])) for text in terms]


def _segment_postings(layout: Layout, text: str) -> list[_Postings]:
    number = term_hash(text)
    found = []
    for part in layout.parts:
        span = part.segment.postings(number)
        positions = part.segment.positions[span]
        current = part.used[positions]
        found.append(
            _Postings(
                places=part.places[positions[current]],
                in_title=part.segment.in_title[span][current].astype(np.int64),
                in_body=part.segment.in_body[span][current].astype(np.int64),
            )
        )
    return found


def _tail_postings(connection: sqlite3.Connection, layout: Layout, terms: Sequence[str]) -> dict[str, _Postings]:
    """Return the postings of the rows that no segment holds: FTS5 says which rows, their tokens how often."""
    if len(layout.tail) == 0:
        return dict.fromkeys(terms, _EMPTY)
    rows = layout.picture.rows[layout.tail]
    table = fts_table(layout.picture.generation)
    found: dict[str, Ints] = {}
    for text in terms:
        quoted = '"' + text.replace('"', '""') + '"'
        matching = connection.execute(
            f"SELECT rowid FROM {table} WHERE {table} MATCH ? AND rowid BETWEEN ? AND ?",  # noqa: S608 - a number of our own
            (quoted, int(rows[0]), int(rows[-1])),
        ).fetchall()
        found[text] = np.intersect1d(np.fromiter((row for (row,) in matching), np.int64, len(matching)), rows)
    wanted = sorted({int(row) for matching in found.values() for row in matching})
    fields = {
        row: (title.split(), body.split())
        for row, title, body in connection.execute(
            f"SELECT rowid, title, body FROM {table} WHERE rowid IN (SELECT value FROM json_each(?))",  # noqa: S608 - as above
            (json.dumps(wanted),),
        )
    }
    return {text: _counted(layout, text, matching, fields) for text, matching in found.items()}


def _counted(layout: Layout, text: str, rows: Ints, fields: dict[int, tuple[list[str], list[str]]]) -> _Postings:
    counts = np.array([[field.count(text) for field in fields[row]] for row in rows.tolist()], dtype=np.int64)
    counts = np.minimum(counts.reshape(-1, 2), MOST_OCCURRENCES)
    having = counts.any(axis=1)
    places = np.searchsorted(layout.picture.rows, rows).astype(np.int64)
    return _Postings(places=places[having], in_title=counts[having, 0], in_body=counts[having, 1])


def _joined(parts: Sequence[_Postings]) -> _Postings:
    if len(parts) == 1:
        return parts[0]
    return _Postings(
        places=np.concatenate([part.places for part in parts]),
        in_title=np.concatenate([part.in_title for part in parts]),
        in_body=np.concatenate([part.in_body for part in parts]),
    )


_EMPTY = _Postings(
    places=np.empty(0, dtype=np.int64), in_title=np.empty(0, dtype=np.int64), in_body=np.empty(0, dtype=np.int64)
)
