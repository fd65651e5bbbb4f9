"""The writer's role: versions are staged unseen, made current in one transaction, and removed without a trace."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import structlog

from retrieval.codec import encode_boxes, encode_structure
from retrieval.compact import compact_size
from retrieval.errors import StoreError
from retrieval.ports import Clock
from retrieval.stores.records import decode_document, encode_document, stamp
from retrieval.stores.sqlite import removal
from retrieval.stores.sqlite.connection import Database
from retrieval.stores.sqlite.guard import guarded, touch
from retrieval.stores.sqlite.index import Index
from retrieval.stores.sqlite.maintenance import maintain, remove_strays
from retrieval.stores.sqlite.passages import shorten
from retrieval.stores.sqlite.placing import place
from retrieval.stores.sqlite.schema import fts_table
from retrieval.text.lexical import analyze
from retrieval.values import Document, EmbeddedChunk, Extraction, GenerationSpec, Labels, Staged

__all__ = ["SqliteWriter"]

_log = structlog.get_logger(__name__)


class SqliteWriter:
    """The `Writer` of the SQLite store."""

    def __init__(self, database: Database, index: Index, *, clock: Clock, retention: timedelta) -> None:
        self._database = database
        self._index = index
        self._clock = clock
        self._retention = retention
        self._unfiled: dict[str, int] = {}

    def stage(
        self,
        document: Document,
        extraction: Extraction,
        chunks: Sequence[EmbeddedChunk],
        *,
        generation: str,
        fence: int,
    ) -> Staged:
        """See `Writer.stage`."""
        _check(document, extraction, chunks)
        analysed = [(analyze(one.chunk.lexical_title), analyze(one.chunk.lexical_text)) for one in chunks]
        structure, boxes, text = encode_structure(extraction), encode_boxes(extraction.boxes), extraction.text.encode()
        digest = hashlib.sha256(b"%d:%d:" % (len(structure), len(boxes)) + structure + boxes + text).digest()
        with self._database.write("stage a document") as connection:
            number, spec = guarded(connection, fence=fence, generation=generation)
            _check_vectors(chunks, spec)
            removal.drop_staged(connection, number, document.id)
            connection.execute(
                "INSERT OR IGNORE INTO extractions (id, digest, reader, length, text, structure, boxes)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    extraction.id,
                    digest,
                    extraction.reader_fingerprint,
                    len(extraction.text),
                    extraction.text,
                    structure,
                    zlib.compress(boxes, 1),
                ),
            )
            version = connection.execute(
                "INSERT INTO versions (generation, document, extraction, extraction_id, state, fence, value, chunks,"
                " changed_at) SELECT ?, ?, row, ?, 'staged', ?, ?, ?, ? FROM extractions WHERE id = ? AND digest = ?",
                (
                    number,
                    document.id,
                    extraction.id,
                    fence,
                    encode_document(document),
                    len(chunks),
                    stamp(self._clock()),
                    extraction.id,
                    digest,
                ),
            ).lastrowid
            connection.executemany(
                "INSERT OR IGNORE INTO vectors (key, vector) VALUES (?, ?)",
                [(one.key, one.vector) for one in chunks]
                + [(statement.key, statement.vector) for one in chunks for statement in one.statements],
            )
            for one, (title, body) in zip(chunks, analysed, strict=True):
                _insert_chunk(connection, number, version, one, title=title, body=body)
        return Staged(id=str(version), document_id=document.id, generation=generation, chunks=len(chunks))

    def commit(self, staged: Staged, *, generation: str, fence: int) -> None:
        """See `Writer.commit`."""
        if staged.generation != generation:
            raise StoreError(f"A version staged in generation {staged.generation!r} cannot become current elsewhere.")
        with self._database.write("commit a document") as connection:
            number, _ = guarded(connection, fence=fence, generation=generation)
            place(connection, number, staged, now=self._clock())
        self._file(generation, staged.chunks)

    def delete(self, document_ids: Sequence[str], *, generation: str, fence: int) -> int:
        """See `Writer.delete`. Older generations lose the documents too: no rollback brings them back."""
        with self._database.write("delete documents", durable=True) as connection:
            number, _ = guarded(connection, fence=fence, generation=generation)
            return sum(removal.delete(connection, number, document) for document in dict.fromkeys(document_ids))

    def set_access(self, document_id: str, labels: Labels, *, generation: str, fence: int) -> None:
        """See `Writer.set_access`. It holds in older generations too: no rollback brings old rights back."""
        with self._database.write("change who may read a document", durable=True) as connection:
            number, _ = guarded(connection, fence=fence, generation=generation)
            _committed(connection, number, document_id)
            removal.replace_labels(connection, document_id, labels)
            touch(connection, document_id)

    def set_document(self, document: Document, *, generation: str, fence: int) -> None:
        """See `Writer.set_document`."""
        with self._database.write("change a document") as connection:
            number, _ = guarded(connection, fence=fence, generation=generation)
            row, version, before = _committed(connection, number, document.id)
            if (document.version, document.extraction_id) != (before.version, before.extraction_id):
                raise StoreError(
                    f"Document {document.id!r} has version {before.version!r}: another one is staged and committed."
                )
            kept = replace(document, source=before.source, key=before.key)
            if kept != document:
                raise StoreError(
                    f"Document {document.id!r} is {before.key!r} of source {before.source!r} and stays so."
                )
            removal.write_attributes(connection, row, document)
            connection.execute("UPDATE versions SET value = ? WHERE row = ?", (encode_document(document), version))
            touch(connection, document.id)

    def sweep(self, *, generation: str, fence: int, now: datetime) -> None:
        """See `Writer.sweep`. A staging is stale when an older fence made it. Writes what segments lack."""
        with self._database.write("sweep") as connection:
            number, _ = guarded(connection, fence=fence, generation=generation)
            removal.drop_stale(connection, number, fence=fence, superseded_before=now - self._retention)
        maintain(self._database, self._index, generation, all_rows=True)
        remove_strays(self._database, self._index, generation)
        self._unfiled.pop(generation, None)

    def _file(self, generation: str, chunks: int) -> None:
        """Write segments now and then. The commit stands already: a failure here only costs speed, and is logged."""
        unfiled = self._unfiled.get(generation, 0) + chunks
        self._unfiled[generation] = unfiled % self._index.sizes.overdue
        if unfiled >= self._index.sizes.overdue:
            try:
                maintain(self._database, self._index, generation)
            except StoreError as exc:
                _log.warning("segments.not_written", generation=generation, problem=str(exc))


def _check(document: Document, extraction: Extraction, chunks: Sequence[EmbeddedChunk]) -> None:
    if document.extraction_id != extraction.id:
        raise StoreError(
            f"Document {document.id!r} names extraction {document.extraction_id!r}, not {extraction.id!r}."
        )
    for one in chunks:
        chunk = one.chunk
        if chunk.document_id != document.id or chunk.extraction_id != extraction.id:
            raise StoreError(f"Chunk {chunk.id!r} belongs to another document or extraction than {document.id!r}.")
        if extraction.text[chunk.start : chunk.end] != chunk.text:
            raise StoreError(f"Chunk {chunk.id!r} is not the text at [{chunk.start}, {chunk.end}) of its extraction.")
        places = [statement.span for statement in one.statements]
        if any(not chunk.start <= place.start < place.end <= chunk.end for place in places):
            raise StoreError(f"A statement of chunk {chunk.id!r} is not within it.")
        if len(set(places)) < len(places):
            raise StoreError(f"Two statements of chunk {chunk.id!r} have one place.")


def _check_vectors(chunks: Sequence[EmbeddedChunk], spec: GenerationSpec) -> None:
    size = 4 * spec.dimensions
    for one in chunks:
        if len(one.vector) != size:
            raise StoreError(
                f"The vector of chunk {one.chunk.id!r} has {len(one.vector)} bytes,"
                f" generation {spec.name!r} takes {size}."
            )
    statements = [statement for one in chunks for statement in one.statements]
    if any(len(statement.vector) != compact_size(spec.dimensions) for statement in statements):
        raise StoreError(
            f"The vector of a statement has not the {compact_size(spec.dimensions)} bytes that generation"
            f" {spec.name!r} takes."
        )
    if not np.isfinite(np.frombuffer(b"".join(one.vector for one in chunks), dtype="<f4")).all():
        raise StoreError(f"A vector given for generation {spec.name!r} holds what is not a number.")


def _insert_chunk(
    connection: sqlite3.Connection,
    generation: int,
    version: int | None,
    one: EmbeddedChunk,
    *,
    title: Sequence[str],
    body: Sequence[str],
) -> None:
    chunk = one.chunk
    row = connection.execute(
        "INSERT INTO chunks (version, id, ordinal, start, end, kind, language, page, title_tokens, body_tokens, vector,"
        " heading_path, text, embedding_text, lexical_title, lexical_text)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT row FROM vectors WHERE key = ?), ?, ?, ?, ?, ?)",
        (
            version,
            chunk.id,
            chunk.ordinal,
            chunk.start,
            chunk.end,
            chunk.kind.value,
            chunk.language,
            chunk.page,
            len(title),
            len(body),
            one.key,
            json.dumps(chunk.heading_path, ensure_ascii=False),
            chunk.text,
            shorten(chunk.embedding_text, chunk.text),
            shorten(chunk.lexical_title, chunk.text),
            shorten(chunk.lexical_text, chunk.text),
        ),
    ).lastrowid
    connection.execute(
        f"INSERT INTO {fts_table(generation)} (rowid, title, body) VALUES (?, ?, ?)",  # noqa: S608 - a number of our own
        (row, " ".join(title), " ".join(body)),
    )
    connection.executemany(
        "INSERT INTO statements (chunk, start, end, vector) VALUES (?, ?, ?, (SELECT row FROM vectors WHERE key = ?))",
        [(row, each.span.start, each.span.end, each.key) for each in one.statements],
    )


def _committed(connection: sqlite3.Connection, generation: int, document_id: str) -> tuple[int, int, Document]:
    found = connection.execute(
        "SELECT row, version, value FROM documents WHERE generation = ? AND id = ?", (generation, document_id)
    ).fetchone()
    if found is None:
        raise StoreError(f"There is no committed document {document_id!r}.")
    row, version, value = found
    return row, version, decode_document(value)
