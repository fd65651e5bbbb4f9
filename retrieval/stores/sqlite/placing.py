"""The one atomic step that makes a staged version current. Works inside the caller's transaction."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from retrieval.errors import StoreError
from retrieval.stores.records import decode_document, encode_document, stamp
from retrieval.stores.sqlite.guard import touch
from retrieval.stores.sqlite.removal import drop_chunks, drop_version, write_attributes
from retrieval.values import Staged

__all__ = ["place"]


def place(connection: sqlite3.Connection, generation: int, staged: Staged, *, now: datetime) -> None:
    """Make a staged version current in place of the one before, whose text is kept for its citations.

    Harmless when it is current already. Raises `StoreError` when it was replaced or removed meanwhile.
    """
    found = connection.execute(
        "SELECT state, value, extraction, chunks FROM versions WHERE row = ? AND generation = ? AND document = ?",
        (int(staged.id) if staged.id.isdecimal() else -1, generation, staged.document_id),
    ).fetchone()
    version = int(staged.id) if found else -1
    if found is None or found[0] == "superseded":
        raise StoreError(f"What was staged of document {staged.document_id!r} was replaced or removed: stage it again.")
    state, value, extraction, chunks = found
    if state == "current":
        return
    document = decode_document(value)
    before = connection.execute(
        "SELECT version FROM documents WHERE generation = ? AND id = ?", (generation, document.id)
    ).fetchone()
    (row,) = connection.execute(
        "INSERT INTO documents (generation, id, source, key, version, value, chunks, committed_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (generation, id) DO UPDATE"
        " SET version = excluded.version, chunks = excluded.chunks, committed_at = excluded.committed_at RETURNING row",
        (
            generation,
            document.id,
            document.source,
            document.key,
            version,
            encode_document(document),
            chunks,
            stamp(now),
        ),
    ).fetchall()[0]
    write_attributes(connection, row, document)
    connection.execute("UPDATE versions SET state = 'current', changed_at = ? WHERE row = ?", (stamp(now), version))
    if before is not None:
        _supersede(connection, generation, before[0], now)
        _forget_readings(connection, generation, document.id, extraction)
    connection.execute(
        "DELETE FROM standing WHERE document = ? AND generation = (SELECT name FROM generations WHERE id = ?)",
        (document.id, generation),
    )
    touch(connection, document.id)


def _supersede(connection: sqlite3.Connection, generation: int, version: int, now: datetime) -> None:
    drop_chunks(connection, generation, version)
    connection.execute("UPDATE versions SET state = 'superseded', changed_at = ? WHERE row = ?", (stamp(now), version))


def _forget_readings(connection: sqlite3.Connection, generation: int, document_id: str, extraction: int) -> None:
    """Remove superseded versions whose very text is the current one's: it opens the same places."""
    for (version,) in connection.execute(
        "SELECT row FROM versions WHERE document = ? AND generation = ? AND state = 'superseded' AND extraction = ?",
        (document_id, generation, extraction),
    ).fetchall():
        drop_version(connection, generation, version)
