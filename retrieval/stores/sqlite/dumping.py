"""The canonical form of one generation, read from the tables."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

from retrieval.codec import decode_structure
from retrieval.stores.dumps import chunk_line, document_line, extraction_line, generation_line, source_line
from retrieval.stores.records import decode_document
from retrieval.stores.sqlite.documents import labels_of
from retrieval.stores.sqlite.passages import lengthen
from retrieval.values import Chunk, ChunkKind, EmbeddedChunk, EmbeddedStatement, GenerationSpec, Span

__all__ = ["lines"]


def lines(connection: sqlite3.Connection, generation: int, spec: GenerationSpec, *, vectors: bool) -> Iterator[str]:
    """Yield generation, sources, then each document with its extraction and chunks, by source and key."""
    yield generation_line(spec)
    for name, root in connection.execute("SELECT name, root FROM sources ORDER BY name").fetchall():
        yield source_line(name, root)
    for document_id, value, version, extraction in connection.execute(
        "SELECT d.id, d.value, d.version, v.extraction FROM documents d JOIN versions v ON v.row = d.version"
        " WHERE d.generation = ? ORDER BY d.source, d.key",
        (generation,),
    ).fetchall():
        document = decode_document(value, labels=labels_of(connection, document_id))
        yield document_line(document)
        text, structure, boxes = connection.execute(
            "SELECT text, structure, boxes FROM extractions WHERE row = ?", (extraction,)
        ).fetchone()
        yield extraction_line(document.id, decode_structure(structure, text=text), packed_boxes=boxes)
        for one in _chunks(connection, version, document.id, document.extraction_id):
            yield chunk_line(one, vectors=vectors)


def _chunks(
    connection: sqlite3.Connection, version: int, document_id: str, extraction_id: str
) -> Iterator[EmbeddedChunk]:
    for (
        row,
        chunk,
        ordinal,
        start,
        end,
        kind,
        language,
        page,
        headings,
        text,
        embedding,
        title,
        lexical,
        key,
        vector,
    ) in connection.execute(
        "SELECT c.row, c.id, c.ordinal, c.start, c.end, c.kind, c.language, c.page, c.heading_path, c.text,"
        " c.embedding_text, c.lexical_title, c.lexical_text, v.key, v.vector FROM chunks c"
        " JOIN vectors v ON v.row = c.vector WHERE c.version = ? ORDER BY c.ordinal, c.id",
        (version,),
    ):
        yield EmbeddedChunk(
            key=key,
            vector=vector,
            statements=_statements(connection, row),
            chunk=Chunk(
                id=chunk,
                document_id=document_id,
                extraction_id=extraction_id,
                ordinal=ordinal,
                start=start,
                end=end,
                text=text,
                kind=ChunkKind(kind),
                language=language,
                embedding_text=lengthen(embedding, text),
                lexical_title=lengthen(title, text),
                lexical_text=lengthen(lexical, text),
                heading_path=tuple(json.loads(headings)),
                page=page,
            ),
        )


def _statements(connection: sqlite3.Connection, chunk: int) -> tuple[EmbeddedStatement, ...]:
    return tuple(
        EmbeddedStatement(span=Span(start=start, end=end), key=key, vector=vector)
        for start, end, key, vector in connection.execute(
            "SELECT s.start, s.end, v.key, v.vector FROM statements s JOIN vectors v ON v.row = s.vector"
            " WHERE s.chunk = ? ORDER BY s.start, s.end",
            (chunk,),
        )
    )
