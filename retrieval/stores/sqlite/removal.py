"""Replacing and removing what belongs to documents. Every function works inside the caller's transaction."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from retrieval.stores.records import encode_document, stamp
from retrieval.stores.sqlite.admission import metadata_rows
from retrieval.stores.sqlite.guard import touch
from retrieval.stores.sqlite.schema import fts_table
from retrieval.values import Document, Labels

__all__ = [
    "delete",
    "drop_chunks",
    "drop_orphans",
    "drop_staged",
    "drop_stale",
    "drop_version",
    "replace_labels",
    "write_attributes",
]

_CHANGES_KEPT = 10_000


def replace_labels(connection: sqlite3.Connection, document_id: str, labels: Labels) -> None:
    """Set who may read a document."""
    connection.execute("DELETE FROM labels WHERE document = ?", (document_id,))
    connection.executemany(
        "INSERT INTO labels (document, deny, label) VALUES (?, ?, ?)",
        [(document_id, deny, label) for deny, names in ((0, labels.allow), (1, labels.deny)) for label in names],
    )


def write_attributes(connection: sqlite3.Connection, row: int, document: Document) -> None:
    """Set everything of a document that can be filtered on, and its values."""
    attributes = document.attributes
    connection.execute(
        "UPDATE documents SET effective_from = ?, superseded_by = ?, value = ? WHERE row = ?",
        (
            attributes.effective_from and attributes.effective_from.isoformat(),
            attributes.superseded_by,
            encode_document(document),
            row,
        ),
    )
    connection.execute("DELETE FROM metadata WHERE document = ?", (row,))
    connection.executemany(
        "INSERT OR IGNORE INTO metadata (document, field, kind, value) VALUES (?, ?, ?, ?)",
        [(row, name, kind, value) for name, item in attributes.metadata.items() for kind, value in metadata_rows(item)],
    )
    replace_labels(connection, document.id, attributes.labels)


def drop_chunks(connection: sqlite3.Connection, generation: int, version: int) -> None:
    """Remove the chunks of a version, their statements, and their rows in the lexical index."""
    connection.execute("DELETE FROM statements WHERE chunk IN (SELECT row FROM chunks WHERE version = ?)", (version,))
    connection.execute(
        f"DELETE FROM {fts_table(generation)} WHERE rowid IN (SELECT row FROM chunks WHERE version = ?)",  # noqa: S608 - a number of our own
        (version,),
    )
    connection.execute("DELETE FROM chunks WHERE version = ?", (version,))


def drop_version(connection: sqlite3.Connection, generation: int, version: int) -> None:
    """Remove a version with its chunks, and its extraction unless another version has it too."""
    drop_chunks(connection, generation, version)
    (extraction,) = connection.execute("SELECT extraction FROM versions WHERE row = ?", (version,)).fetchone()
    connection.execute("DELETE FROM versions WHERE row = ?", (version,))
    connection.execute(
        "DELETE FROM extractions WHERE row = ? AND NOT EXISTS (SELECT 1 FROM versions WHERE extraction = ?)",
        (extraction, extraction),
    )


def drop_staged(connection: sqlite3.Connection, generation: int, document_id: str) -> None:
    """Remove what is staged of a document."""
    for (version,) in connection.execute(
        "SELECT row FROM versions WHERE document = ? AND generation = ? AND state = 'staged'", (document_id, generation)
    ).fetchall():
        drop_version(connection, generation, version)


def delete(connection: sqlite3.Connection, generation: int, document_id: str) -> bool:
    """Remove a document from every generation; tell whether it was current in this one."""
    was_current = connection.execute(
        "SELECT 1 FROM documents WHERE generation = ? AND id = ?", (generation, document_id)
    ).fetchone()
    touch(connection, document_id)
    for (row,) in connection.execute("SELECT row FROM documents WHERE id = ?", (document_id,)).fetchall():
        connection.execute("DELETE FROM metadata WHERE document = ?", (row,))
        connection.execute("DELETE FROM documents WHERE row = ?", (row,))
    for version, its_generation in connection.execute(
        "SELECT row, generation FROM versions WHERE document = ?", (document_id,)
    ).fetchall():
        drop_version(connection, its_generation, version)
    connection.execute("DELETE FROM labels WHERE document = ?", (document_id,))
    connection.execute("DELETE FROM standing WHERE document = ?", (document_id,))
    _delete_answers(connection, document_id)
    return was_current is not None


def _delete_answers(connection: sqlite3.Connection, document_id: str) -> None:
    for (answer,) in connection.execute(
        "SELECT answer FROM answer_documents WHERE document = ?", (document_id,)
    ).fetchall():
        connection.execute("DELETE FROM answer_documents WHERE answer = ?", (answer,))
        connection.execute("DELETE FROM answers WHERE id = ?", (answer,))


def drop_stale(connection: sqlite3.Connection, generation: int, *, fence: int, superseded_before: datetime) -> None:
    """Remove stagings of older fences, versions superseded before a time, and vectors that nothing has."""
    for (version,) in connection.execute(
        "SELECT row FROM versions WHERE generation = ? AND state = 'staged' AND fence < ?", (generation, fence)
    ).fetchall():
        drop_version(connection, generation, version)
    for version, its_generation in connection.execute(
        "SELECT row, generation FROM versions WHERE state = 'superseded' AND changed_at < ?",
        (stamp(superseded_before),),
    ).fetchall():
        drop_version(connection, its_generation, version)
    drop_orphans(connection)
    connection.execute(
        "DELETE FROM changes WHERE generation = ?1 AND seq <= (SELECT seq FROM generations WHERE id = ?1) - ?2",
        (generation, _CHANGES_KEPT),
    )


def drop_orphans(connection: sqlite3.Connection) -> None:
    """Remove vectors that neither a chunk nor a statement has."""
    connection.execute(
        "DELETE FROM vectors WHERE NOT EXISTS (SELECT 1 FROM chunks c WHERE c.vector = vectors.row)"
        " AND NOT EXISTS (SELECT 1 FROM statements s WHERE s.vector = vectors.row)"
    )
