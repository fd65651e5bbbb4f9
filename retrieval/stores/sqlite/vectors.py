"""The cache of vectors by embedding key: the same table that chunks and statements take theirs from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from retrieval.stores.sqlite.connection import Database
from retrieval.values import Vector

__all__ = ["SqliteVectors"]


class SqliteVectors:
    """The `VectorCache` of the SQLite store. What neither refers to goes with the next sweep."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get_many(self, keys: Sequence[str]) -> dict[str, Vector]:
        """See `VectorCache.get_many`."""
        with self._database.read("read vectors") as connection:
            found = dict(
                connection.execute(
                    "SELECT key, vector FROM vectors WHERE key IN (SELECT value FROM json_each(?))",
                    (json.dumps(list(keys)),),
                ).fetchall()
            )
        return {key: found[key] for key in keys if key in found}

    def put_many(self, vectors: Mapping[str, Vector]) -> None:
        """See `VectorCache.put_many`."""
        if not vectors:
            return
        with self._database.write("keep vectors", durable=True) as connection:
            connection.executemany("INSERT OR IGNORE INTO vectors (key, vector) VALUES (?, ?)", vectors.items())
