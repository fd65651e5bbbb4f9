"""Looking for damage: in the database, in the lexical index, in vectors, in segment files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from retrieval.compact import compact_size
from retrieval.stores.sqlite.index import Index
from retrieval.stores.sqlite.schema import fts_table
from retrieval.stores.sqlite.segment import Damaged, open_segment

__all__ = ["findings"]


def findings(connection: sqlite3.Connection, index: Index) -> Iterator[str]:
    """Yield sentences about damage."""
    for (message,) in connection.execute("PRAGMA integrity_check(20)"):
        if message != "ok":
            yield f"The database is damaged: {message}."
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield f"Row {row} of {table} refers to a row of {parent} that is not there."
    for number, name, dimensions in connection.execute("SELECT id, name, dimensions FROM generations").fetchall():
        yield from _lexical(connection, number, name)
        yield from _vectors(connection, number, name, dimensions)
        yield from _segments(connection, index, number, name)


def _lexical(connection: sqlite3.Connection, number: int, name: str) -> Iterator[str]:
    table = fts_table(number)
    try:
        differing = connection.execute(
            "SELECT (SELECT count(*) FROM chunks c JOIN versions v ON v.row = c.version WHERE v.generation = ?1"  # noqa: S608 - a number of our own
            f" AND NOT EXISTS (SELECT 1 FROM {table} f WHERE f.rowid = c.row)), (SELECT count(*) FROM {table} f"
            " WHERE NOT EXISTS (SELECT 1 FROM chunks c WHERE c.row = f.rowid))",
            (number,),
        ).fetchone()
    except sqlite3.DatabaseError as exc:
        yield f"The lexical index of generation {name!r} cannot be read: {exc}."
        return
    missing, left_over = differing
    if missing:
        yield f"The lexical index of generation {name!r} lacks {missing} chunks."
    if left_over:
        yield f"The lexical index of generation {name!r} has {left_over} rows of chunks that are gone."


def _vectors(connection: sqlite3.Connection, number: int, name: str, dimensions: int) -> Iterator[str]:
    (wrong,) = connection.execute(
        "SELECT count(*) FROM chunks c JOIN versions v ON v.row = c.version JOIN vectors x ON x.row = c.vector"
        " WHERE v.generation = ? AND length(x.vector) <> ?",
        (number, 4 * dimensions),
    ).fetchone()
    if wrong:
        yield f"Generation {name!r} has {wrong} vectors that are not of {dimensions} dimensions."
    wrong, outside = connection.execute(
        "SELECT coalesce(sum(length(x.vector) <> ?2), 0), coalesce(sum(s.start < c.start OR s.end > c.end), 0)"
        " FROM statements s JOIN chunks c ON c.row = s.chunk JOIN versions v ON v.row = c.version"
        " JOIN vectors x ON x.row = s.vector WHERE v.generation = ?1",
        (number, compact_size(dimensions)),
    ).fetchone()
    if wrong:
        yield f"Generation {name!r} has {wrong} statements whose vectors are not of {dimensions} dimensions."
    if outside:
        yield f"Generation {name!r} has {outside} statements that are not within their chunk."


def _segments(connection: sqlite3.Connection, index: Index, number: int, name: str) -> Iterator[str]:
    for segment, size in connection.execute("SELECT name, bytes FROM segments WHERE generation = ?", (number,)):
        try:
            open_segment(index.folder(name), segment, size=size)
        except Damaged as exc:
            yield f"A derived file of generation {name!r} will be built again: {exc}."
