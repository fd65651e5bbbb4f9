"""The SQLite store: its roles over one database and one index."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

from retrieval.ports import Clock, VectorCache, View
from retrieval.stores.sqlite.admin import SqliteAdmin
from retrieval.stores.sqlite.connection import Database
from retrieval.stores.sqlite.index import Index, Sizes
from retrieval.stores.sqlite.journal import SqliteJournal
from retrieval.stores.sqlite.leases import SqliteLeases
from retrieval.stores.sqlite.vectors import SqliteVectors
from retrieval.stores.sqlite.view import opened_view
from retrieval.stores.sqlite.writer import SqliteWriter

__all__ = ["SqliteStore"]


class SqliteStore(SqliteWriter, SqliteLeases, SqliteAdmin, SqliteJournal):
    """All roles of the SQLite store. Thread-safe; any number of processes may open the same file.

    The roles are classes of their own, which share nothing but the database and the index; inheriting from them
    here saves thirty methods that would only pass their arguments on.
    """

    vectors: VectorCache

    def __init__(self, path: Path, *, clock: Clock, retention: timedelta, sizes: Sizes | None = None) -> None:
        database = Database(path)
        index = Index(path.with_name(path.name + ".files") / "segments", sizes or Sizes())
        SqliteWriter.__init__(self, database, index, clock=clock, retention=retention)
        SqliteLeases.__init__(self, database, clock=clock)
        SqliteAdmin.__init__(self, database, index)
        SqliteJournal.__init__(self, database, clock=clock)
        self.vectors = SqliteVectors(database)

    def view(self, *, generation: str | None = None) -> AbstractContextManager[View]:
        """See `Store.view`."""
        return opened_view(self._database, self._index, generation)

    def close(self) -> None:
        """See `Store.close`."""
        self._database.close()
