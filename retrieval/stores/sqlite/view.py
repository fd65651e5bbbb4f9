"""A consistent sight of one generation: one read transaction, and the layout that belongs to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

import numpy as np
import structlog

from retrieval.errors import StoreError
from retrieval.ports import Slice, StoredDocument
from retrieval.stores.sqlite import documents
from retrieval.stores.sqlite.admission import admission
from retrieval.stores.sqlite.connection import Database, translated
from retrieval.stores.sqlite.dense import best_cosines, cosines_at
from retrieval.stores.sqlite.generations import generation_row
from retrieval.stores.sqlite.index import Index
from retrieval.stores.sqlite.layout import Doubles, Layout
from retrieval.stores.sqlite.lexical import Scored, score, weigh
from retrieval.stores.sqlite.maintenance import maintain
from retrieval.stores.sqlite.passages import admitted_rows, ids_of_rows, neighbouring, passages, statements
from retrieval.stores.sqlite.segment import Floats, Ints
from retrieval.values import (
    Box,
    EmbeddedStatement,
    Filter,
    GenerationSpec,
    Hit,
    Lane,
    LexicalQuery,
    Passage,
    Term,
    Vector,
)

__all__ = ["SqliteView", "opened_view"]

# Steps from name to name along the index, however many documents declare each; the admission of a document follows.
_FIELDS = """
WITH RECURSIVE step (field) AS (
    SELECT min(field) FROM metadata
    UNION ALL
    SELECT (SELECT min(m.field) FROM metadata m WHERE m.field > step.field) FROM step WHERE step.field IS NOT NULL)
SELECT field FROM step WHERE field IS NOT NULL AND EXISTS (
    SELECT 1 FROM metadata m CROSS JOIN documents d ON d.row = m.document
    WHERE m.field = step.field AND d.generation = ? AND """

_log = structlog.get_logger(__name__)


@contextmanager
def opened_view(database: Database, index: Index, generation: str | None) -> Iterator[SqliteView]:
    """Open a view and close it with the context. Errors of the caller's own pass through untouched."""
    with translated("open a view"):
        connection = database.begin_read()
    try:
        with translated("open a view"):
            number, spec = generation_row(connection, generation)
        yield SqliteView(database, connection, index, number=number, generation=spec)
    finally:
        with translated("close a view"):
            database.end_read(connection)


class SqliteView:
    """The `View` of the SQLite store. Used by one thread at a time."""

    def __init__(
        self,
        database: Database,
        connection: sqlite3.Connection,
        index: Index,
        *,
        number: int,
        generation: GenerationSpec,
    ) -> None:
        self.generation = generation
        self._database = database
        self._connection = connection
        self._index = index
        self._number = number
        self._scored: dict[LexicalQuery, Scored] = {}

    @cached_property
    def _layout(self) -> Layout:
        layout = self._index.layout(self._connection, self._number, self.generation)
        if self._index.overdue(self._number):
            try:
                maintain(self._database, self._index, self.generation.name, wait=False)
            except StoreError as exc:
                self._index.give_up(self._number)
                _log.info("segments.not_written", generation=self.generation.name, problem=str(exc))
        return layout

    @cached_property
    def calibration(self) -> str | None:
        """See `View.calibration`."""
        with translated("read a calibration"):
            found = self._connection.execute(
                "SELECT value FROM calibrations WHERE generation = ?", (self._number,)
            ).fetchone()
            return str(found[0]) if found else None

    def dense(self, vector: Vector, *, k: int, where: Filter) -> Lane:
        """See `View.dense`."""
        with translated("search by vector"):
            query = self._query(vector)
            if k < 1:
                return Lane(name="dense", hits=())
            admitted = self._layout.picture.admitted(self._connection, where)
            places, scores = best_cosines(self._layout, query, admitted, k=k)
            return Lane(name="dense", hits=self._hits(places, scores, k))

    def lexical(self, query: LexicalQuery, *, k: int, where: Filter) -> Lane:
        """See `View.lexical`."""
        with translated("search by words"):
            found = self._score(query)
            admitted = self._layout.picture.admitted(self._connection, where)
            places = np.flatnonzero(admitted & (found.scores > 0)).astype(np.int64)
            scores = found.scores[places]
            if len(places) > k > 0:
                keep = scores >= np.partition(scores, len(scores) - k)[len(scores) - k]
                places, scores = places[keep], scores[keep]
            return Lane(name="lexical", hits=self._hits(places, scores, k), ideal=found.ideal)

    def dense_scores(self, vector: Vector, chunk_ids: Sequence[str], *, where: Filter) -> dict[str, float]:
        """See `View.dense_scores`."""
        query = self._query(vector)
        return self._scores(chunk_ids, where, lambda places: cosines_at(self._layout, query, places))

    def lexical_scores(self, query: LexicalQuery, chunk_ids: Sequence[str], *, where: Filter) -> dict[str, float]:
        """See `View.lexical_scores`."""
        return self._scores(chunk_ids, where, lambda places: self._score(query).scores[places])

    def terms(self, query: LexicalQuery) -> tuple[Term, ...]:
        """See `View.terms`."""
        with translated("weigh the terms of a question"):
            return weigh(self._connection, self._layout, query)

    def passages(self, chunk_ids: Sequence[str], *, where: Filter) -> dict[str, Passage]:
        """See `View.passages`."""
        with translated("read passages"):
            return passages(self._connection, self._number, chunk_ids, where)

    def statements(self, chunk_ids: Sequence[str], *, where: Filter) -> dict[str, tuple[EmbeddedStatement, ...]]:
        """See `View.statements`."""
        with translated("read statements"):
            return statements(self._connection, self._number, chunk_ids, where)

    def neighbours(self, chunk_id: str, *, before: int, after: int, where: Filter) -> tuple[Passage, ...]:
        """See `View.neighbours`."""
        with translated("read neighbours"):
            return neighbouring(self._connection, self._number, chunk_id, before=before, after=after, where=where)

    def document(self, document_id: str, *, where: Filter) -> StoredDocument:
        """See `View.document`."""
        with translated("read a document"):
            return documents.current_document(self._connection, self._number, document_id, where)

    def documents(self, *, where: Filter, after: str = "", limit: int = 100) -> tuple[StoredDocument, ...]:
        """See `View.documents`."""
        with translated("list documents"):
            return documents.listed(self._connection, self._number, where, after, limit)

    def extraction_slice(self, document_id: str, extraction_id: str, start: int, end: int, *, where: Filter) -> Slice:
        """See `View.extraction_slice`."""
        with translated("read a text"):
            return documents.sliced(
                self._connection, self._number, document_id, extraction_id, start=start, end=end, where=where
            )

    def boxes(self, document_id: str, extraction_id: str, start: int, end: int, *, where: Filter) -> tuple[Box, ...]:
        """See `View.boxes`."""
        with translated("read boxes"):
            return documents.boxes(
                self._connection, self._number, document_id, extraction_id, start=start, end=end, where=where
            )

    def fields(self, *, where: Filter) -> frozenset[str]:
        """See `View.fields`."""
        with translated("list metadata fields"):
            rule = admission(where)
            found = self._connection.execute(f"{_FIELDS}{rule.sql})", (self._number, *rule.parameters))
            return frozenset(name for (name,) in found)

    def _query(self, vector: Vector) -> Floats:
        if len(vector) != 4 * self.generation.dimensions:
            raise StoreError(
                f"A question's vector has {len(vector)} bytes; generation {self.generation.name!r} has"
                f" {self.generation.dimensions} dimensions, {4 * self.generation.dimensions} bytes."
            )
        query = np.frombuffer(vector, dtype="<f4").astype(np.float32)
        if not np.isfinite(query).all():
            raise StoreError("A question's vector holds what is not a number.")
        return query

    def _score(self, query: LexicalQuery) -> Scored:
        if query not in self._scored:
            self._scored[query] = score(self._connection, self._layout, query)
        return self._scored[query]

    def _scores(
        self, chunk_ids: Sequence[str], where: Filter, at_places: Callable[[Ints], Doubles]
    ) -> dict[str, float]:
        with translated("score chunks"):
            rows = admitted_rows(self._connection, self._number, chunk_ids, where)
            asked = [chunk for chunk in dict.fromkeys(chunk_ids) if chunk in rows]
            numbers = np.array([rows[chunk] for chunk in asked], dtype=np.int64)
            places = np.searchsorted(self._layout.picture.rows, numbers).astype(np.int64)
            return dict(zip(asked, at_places(places).tolist(), strict=True))

    def _hits(self, places: Ints, scores: Doubles, k: int) -> tuple[Hit, ...]:
        rows = self._layout.picture.rows[places].tolist()
        names = ids_of_rows(self._connection, rows)
        hits = [Hit(chunk_id=names[row], score=value) for row, value in zip(rows, scores.tolist(), strict=True)]
        return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))[: max(k, 0)])
