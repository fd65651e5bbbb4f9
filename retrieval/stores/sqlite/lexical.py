"""The lexical lane: exact BM25 over the rows of a layout, postings from segments and, for the tail, from FTS5.

BM25F with ``k1 = 1.2`` and ``b = 0.75`` over two fields, with statistics over the whole generation whatever is
admitted, and the idf of Lucene, ``ln(1 + (N - n + 0.5) / (n + 0.5))``, which is never negative.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from retrieval.stores.sqlite.building import MOST_OCCURRENCES
from retrieval.stores.sqlite.layout import K1, TITLE_WEIGHT, Doubles, Layout
from retrieval.stores.sqlite.schema import fts_table
from retrieval.stores.sqlite.segment import Ints, term_hash
from retrieval.values import LexicalQuery, Term

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


def weigh(connection: sqlite3.Connection, layout: Layout, query: LexicalQuery) -> tuple[Term, ...]:
    """Return the terms of a query with their idf in the generation; one that no row has is not ``known``."""
    known = _Weights(connection, layout, query)
    found: dict[str, Term] = {}
    for group in query.groups:
        for text in group.tokens:
            term = known.term(text)
            found.setdefault(text, replace(term, idf=term.idf * group.weight, alternatives=group.alternatives))
        if not group.tokens and group.alternatives:
            best = max(group.alternatives, key=lambda wording: wording.weight * known.ideal(wording.tokens))
            term = Term(
                text=" ".join(best.tokens),
                idf=sum(known.term(token).idf for token in best.tokens) / len(best.tokens) * group.weight,
                known=any(known.term(token).known for token in best.tokens),
                alternatives=group.alternatives,
            )
            found.setdefault(term.text, term)
    return tuple(found.values())


def score(connection: sqlite3.Connection, layout: Layout, query: LexicalQuery) -> Scored:
    """Return the scores of all rows; the order of the groups changes nothing but rounding."""
    known = _Weights(connection, layout, query)
    scores = np.zeros(len(layout.picture.rows), dtype=np.float64)
    ideal = 0.0
    for group in query.groups:
        own = known.ideal(group.tokens)
        if not group.alternatives:
            known.add(group.tokens, scores, weight=group.weight)
            ideal += own * group.weight
            continue
        ideals = [wording.weight * known.ideal(wording.tokens) for wording in group.alternatives]
        whole = own or max(ideals)
        best = known.add(group.tokens, np.zeros_like(scores))
        for wording in group.alternatives:
            earned = known.add(wording.tokens, np.zeros_like(scores))
            share = wording.weight / sum(known.term(token).idf * (K1 + 1) for token in wording.tokens)
            np.maximum(best, earned * (share * whole), out=best)
        scores += best * group.weight
        ideal += whole * group.weight
    return Scored(scores=scores, ideal=ideal)


class _Weights:
    """The tokens of a query looked up once: their postings, their idf, their scores."""

    def __init__(self, connection: sqlite3.Connection, layout: Layout, query: LexicalQuery) -> None:
        self._layout = layout
        self._postings = dict(_looked_up(connection, layout, query.tokens))
        self._terms = {text: _term(layout, text, postings) for text, postings in self._postings.items()}

    def term(self, text: str) -> Term:
        """Return a token as a term."""
        return self._terms[text]

    def ideal(self, tokens: Sequence[str]) -> float:
        """Return the sum of ``idf * (k1 + 1)`` over the tokens that any row has."""
        return sum(term.idf * (K1 + 1) for token in tokens if (term := self._terms[token]).known)

    def add(self, tokens: Sequence[str], scores: Doubles, *, weight: float = 1.0) -> Doubles:
        """Add ``weight`` times the BM25 of tokens to the scores of rows that have them, in place; return the scores."""
        norms = self._layout.norms
        for token in tokens:
            postings = self._postings[token]
            places = postings.places
            frequency = TITLE_WEIGHT * postings.in_title / norms.title[places] + postings.in_body / norms.body[places]
            scores[places] += self._terms[token].idf * (weight * (K1 + 1)) * frequency / (frequency + K1)
        return scores


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
