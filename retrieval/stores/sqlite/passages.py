"""Reading chunks as passages, behind a filter."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from retrieval.stores.records import decode_document
from retrieval.stores.sqlite.admission import admission
from retrieval.values import ChunkKind, Document, EmbeddedStatement, Filter, Passage, Span

__all__ = ["admitted_rows", "ids_of_rows", "lengthen", "neighbouring", "passages", "shorten", "statements"]

_TEXT_ITSELF = "\0"  # stands for the chunk's text at the end of a field; no text holds a NUL

_COLUMNS = (
    "c.id, c.ordinal, c.start, c.end, c.kind, c.language, c.page, c.heading_path, c.text, c.lexical_title,"
    " c.lexical_text, d.value"
)
_FROM = "FROM documents d JOIN chunks c ON c.version = d.version"
# CROSS JOIN is SQLite's way to fix the order: by id first, or it would walk through every document.
_FROM_IDS = (
    "FROM json_each(?) j CROSS JOIN chunks c ON c.id = j.value CROSS JOIN documents d ON d.version = c.version"
    " WHERE d.generation = ?"
)
_FROM_IDS_WITH_STATEMENTS = _FROM_IDS.replace(
    " WHERE", " LEFT JOIN statements s ON s.chunk = c.row LEFT JOIN vectors v ON v.row = s.vector WHERE"
)


def shorten(field: str, text: str) -> str:
    """Return a field of a chunk without the chunk's text at its end, which most fields repeat."""
    return field[: -len(text)] + _TEXT_ITSELF if text and field.endswith(text) else field


def lengthen(field: str, text: str) -> str:
    """Return the field that `shorten` made shorter."""
    return field[:-1] + text if field.endswith(_TEXT_ITSELF) else field


def passages(
    connection: sqlite3.Connection, generation: int, chunk_ids: Sequence[str], where: Filter
) -> dict[str, Passage]:
    """Return the admitted ones of these current chunks, in the order asked for."""
    rule = admission(where)
    found = connection.execute(
        f"SELECT {_COLUMNS} {_FROM_IDS} AND {rule.chunk_sql}",
        (json.dumps(list(chunk_ids)), generation, *rule.chunk_parameters),
    )
    by_id = {passage.chunk_id: passage for passage in _passages(found, where)}
    return {chunk: by_id[chunk] for chunk in chunk_ids if chunk in by_id}


def statements(
    connection: sqlite3.Connection, generation: int, chunk_ids: Sequence[str], where: Filter
) -> dict[str, tuple[EmbeddedStatement, ...]]:
    """Return the statements of the admitted ones of these current chunks, by place."""
    rule = admission(where)
    found: dict[str, list[EmbeddedStatement]] = {}
    for chunk, start, end, key, vector in connection.execute(
        f"SELECT c.id, s.start, s.end, v.key, v.vector {_FROM_IDS_WITH_STATEMENTS} AND {rule.chunk_sql}"
        " ORDER BY c.row, s.start, s.end",
        (json.dumps(list(dict.fromkeys(chunk_ids))), generation, *rule.chunk_parameters),
    ):
        own = found.setdefault(chunk, [])
        if vector is not None:
            own.append(EmbeddedStatement(span=Span(start=start, end=end), key=key, vector=vector))
    return {chunk: tuple(found[chunk]) for chunk in dict.fromkeys(chunk_ids) if chunk in found}


def neighbouring(
    connection: sqlite3.Connection, generation: int, chunk_id: str, *, before: int, after: int, where: Filter
) -> tuple[Passage, ...]:
    """Return the admitted chunks around an admitted one by ordinal, itself left out."""
    rule = admission(where)
    at = connection.execute(
        "SELECT c.version, c.ordinal FROM chunks c CROSS JOIN documents d ON d.version = c.version"  # noqa: S608 - constants
        f" WHERE c.id = ? AND d.generation = ? AND {rule.chunk_sql}",
        (chunk_id, generation, *rule.chunk_parameters),
    ).fetchone()
    if at is None:
        return ()
    version, ordinal = at
    found = connection.execute(
        f"SELECT {_COLUMNS} {_FROM} WHERE c.version = ? AND c.ordinal BETWEEN ? AND ?"
        f" AND c.id <> ? AND d.generation = ? AND {rule.chunk_sql} ORDER BY c.ordinal",
        (version, ordinal - before, ordinal + after, chunk_id, generation, *rule.chunk_parameters),
    )
    return tuple(_passages(found, where))


def admitted_rows(
    connection: sqlite3.Connection, generation: int, chunk_ids: Sequence[str], where: Filter
) -> dict[str, int]:
    """Return the row numbers of the admitted ones of these current chunks."""
    rule = admission(where)
    return dict(
        connection.execute(
            f"SELECT c.id, c.row {_FROM_IDS} AND {rule.chunk_sql}",
            (json.dumps(list(chunk_ids)), generation, *rule.chunk_parameters),
        ).fetchall()
    )


def ids_of_rows(connection: sqlite3.Connection, rows: Sequence[int]) -> dict[int, str]:
    """Return the ids of chunk rows."""
    return dict(
        connection.execute(
            "SELECT row, id FROM chunks WHERE row IN (SELECT value FROM json_each(?))", (json.dumps(list(rows)),)
        ).fetchall()
    )


@lru_cache(maxsize=2048)
def _document(value: str) -> Document:
    """Return a stored document; many passages are of the same one."""
    return decode_document(value)


def _passages(found: Iterable[tuple[Any, ...]], where: Filter) -> Iterable[Passage]:
    for chunk, ordinal, start, end, kind, language, page, headings, text, title, lexical, value in found:
        document = _document(value)
        attributes = document.attributes
        yield Passage(
            chunk_id=chunk,
            document_id=document.id,
            version=document.version,
            extraction_id=document.extraction_id,
            source=document.source,
            record_id=document.key,
            uri=document.uri,
            title=document.title,
            ordinal=ordinal,
            start=start,
            end=end,
            text=text,
            kind=ChunkKind(kind),
            language=language,
            lexical_title=lengthen(title, text),
            lexical_text=lengthen(lexical, text),
            heading_path=tuple(json.loads(headings)),
            page=page,
            media_type=document.media_type,
            effective_from=attributes.effective_from,
            # What is admitted on a day is not superseded on that day.
            superseded=where.as_of is None and attributes.superseded_by is not None,
            review_by=attributes.review_by,
            trust=attributes.trust,
            metadata=attributes.metadata,
        )
