"""What every write does inside its transaction: hold the newest lease, name a generation, count the change."""

from __future__ import annotations

import sqlite3

from retrieval.errors import Fenced, StoreError, UserError
from retrieval.stores.sqlite.generations import generation_row
from retrieval.values import GenerationSpec

__all__ = ["fenced", "guarded", "touch"]


def fenced(connection: sqlite3.Connection, fence: int) -> None:
    """Refuse a fence that is not the newest lease's with `Fenced`."""
    (newest,) = connection.execute("SELECT fence FROM lease").fetchone()
    if fence != newest or fence < 1:
        raise Fenced(f"The write carries fence {fence}, the newest lease has {newest}: another writer has taken over.")


def guarded(connection: sqlite3.Connection, *, fence: int, generation: str) -> tuple[int, GenerationSpec]:
    """Return number and values of a generation that may be written with this fence."""
    fenced(connection, fence)
    try:
        return generation_row(connection, generation)
    except UserError as exc:
        raise StoreError(f"The store has no generation {generation!r} to write to.") from exc


def touch(connection: sqlite3.Connection, document_id: str) -> None:
    """Count a change of a document in every generation that has it, so that pictures taken before are not used."""
    for row, generation in connection.execute(
        "SELECT row, generation FROM documents WHERE id = ?", (document_id,)
    ).fetchall():
        connection.execute("UPDATE generations SET seq = seq + 1 WHERE id = ?", (generation,))
        connection.execute("INSERT INTO changes SELECT id, seq, ? FROM generations WHERE id = ?", (row, generation))
