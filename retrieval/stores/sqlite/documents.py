"""Reading documents, and text and boxes of their extractions, behind a filter."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from retrieval.codec import decode_boxes, decode_structure
from retrieval.errors import NotVisible
from retrieval.geometry import line_boxes
from retrieval.ports import Slice, StoredDocument
from retrieval.stores.records import decode_document
from retrieval.stores.sqlite.admission import admission
from retrieval.values import Block, BlockKind, Box, Document, Filter, Labels

__all__ = ["boxes", "current_document", "labels_of", "listed", "sliced"]


def labels_of(connection: sqlite3.Connection, document_id: str) -> Labels:
    """Return who may read a document now."""
    found = connection.execute("SELECT deny, label FROM labels WHERE document = ?", (document_id,)).fetchall()
    return Labels(
        allow=frozenset(label for deny, label in found if not deny),
        deny=frozenset(label for deny, label in found if deny),
    )


def current_document(
    connection: sqlite3.Connection, generation: int, document_id: str, where: Filter
) -> StoredDocument:
    """Return an admitted document. Raises `NotVisible`."""
    rule = admission(where)
    found = connection.execute(
        "SELECT d.id, d.value, d.chunks, d.committed_at FROM documents d"  # noqa: S608 - made of constants
        f" WHERE d.generation = ? AND d.id = ? AND {rule.sql}",
        (generation, document_id, *rule.parameters),
    ).fetchone()
    if found is None:
        raise NotVisible(f"There is no document {document_id!r} that you may see.")
    return _stored(connection, found, where)


def listed(
    connection: sqlite3.Connection, generation: int, where: Filter, after: str, limit: int
) -> tuple[StoredDocument, ...]:
    """Return admitted documents by source and key, those after an admitted one. Raises `NotVisible` if it is not."""
    rule = admission(where)
    position: tuple[str, ...] = ()
    if after:
        document = current_document(connection, generation, after, where).document
        position = (document.source, document.key)
    found = connection.execute(
        "SELECT d.id, d.value, d.chunks, d.committed_at FROM documents d"  # noqa: S608 - made of constants
        f" WHERE d.generation = ? {'AND (d.source, d.key) > (?, ?)' if position else ''} AND {rule.sql}"
        " ORDER BY d.source, d.key LIMIT ?",
        (generation, *position, *rule.parameters, limit),
    ).fetchall()
    return tuple(_stored(connection, row, where) for row in found)


def _stored(connection: sqlite3.Connection, found: tuple[Any, ...], where: Filter) -> StoredDocument:
    document_id, value, chunks, committed_at = found
    document = decode_document(value, labels=labels_of(connection, document_id))
    return StoredDocument(
        document=document,
        chunks=chunks,
        superseded=where.as_of is None and document.attributes.superseded_by is not None,
        committed_at=datetime.fromisoformat(committed_at),
    )


def _version(
    connection: sqlite3.Connection, generation: int, document_id: str, extraction_id: str, where: Filter
) -> tuple[Document, int, bool]:
    """Return a document as it was with an extraction, that extraction's row, and whether it is the current one.

    The rights, and all other attributes, are those of today.
    """
    today = current_document(connection, generation, document_id, where).document
    found = connection.execute(
        "SELECT value, extraction, state FROM versions WHERE document = ? AND generation = ? AND extraction_id = ?"
        " AND state <> 'staged' ORDER BY state = 'current' DESC, row DESC LIMIT 1",
        (document_id, generation, extraction_id),
    ).fetchone()
    if found is None:
        raise NotVisible(f"There is no text {extraction_id!r} of document {document_id!r} that you may see.")
    value, extraction, state = found
    if state == "current":
        return today, extraction, True
    return replace(decode_document(value), attributes=today.attributes), extraction, False


def sliced(
    connection: sqlite3.Connection,
    generation: int,
    document_id: str,
    extraction_id: str,
    *,
    start: int,
    end: int,
    where: Filter,
) -> Slice:
    """Return a piece of a current or kept text, its bounds clipped. Raises `NotVisible`."""
    document, row, current = _version(connection, generation, document_id, extraction_id, where)
    text, structure = connection.execute("SELECT text, structure FROM extractions WHERE row = ?", (row,)).fetchone()
    extraction = decode_structure(structure, text=text)
    begin = min(max(start, 0), len(text))
    stop = min(max(end, begin), len(text))
    on = [page.number for page in extraction.pages if page.start <= begin < max(page.end, page.start + 1)]
    return Slice(
        document=document,
        extraction_id=extraction_id,
        start=begin,
        end=stop,
        text=text[begin:stop],
        length=len(text),
        page=on[0] if on else None,
        heading_path=_headings(extraction.blocks, text, begin),
        current=current,
    )


def boxes(
    connection: sqlite3.Connection,
    generation: int,
    document_id: str,
    extraction_id: str,
    *,
    start: int,
    end: int,
    where: Filter,
) -> tuple[Box, ...]:
    """Return the boxes of a place of a current or kept text, one per line. Raises `NotVisible`."""
    _, row, _ = _version(connection, generation, document_id, extraction_id, where)
    (packed,) = connection.execute("SELECT boxes FROM extractions WHERE row = ?", (row,)).fetchone()
    return line_boxes(decode_boxes(zlib.decompress(packed)), start, end)


def _headings(blocks: Iterable[Block], text: str, at: int) -> tuple[str, ...]:
    """Return the headings that a place stands under, the outermost first."""
    path: list[Block] = []
    for block in blocks:
        if block.start > at:
            break
        if block.kind is BlockKind.HEADING:
            path = [*(above for above in path if above.level < block.level), block]
    return tuple(text[block.start : block.end].strip() for block in path)
