"""Connections to one SQLite database: one that writes, as many as needed that read, and errors in our own words."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from retrieval.errors import StoreError
from retrieval.stores.sqlite.schema import PAGE_SIZE, prepare

__all__ = ["Database", "translated"]

_BUSY_MS = 30_000
_CACHE_KIB = 16_000
_IDLE_READERS = 8


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Turn whatever SQLite or the file system raises into `StoreError`, retryable when the database was busy."""
    try:
        yield
    except sqlite3.OperationalError as exc:
        busy = getattr(exc, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
        raise StoreError(f"The store could not {doing}: {exc}.", retryable=busy) from exc
    except (sqlite3.Error, OSError) as exc:
        raise StoreError(f"The store could not {doing}: {exc}.") from exc


class Database:
    """One database file. ``write`` and ``read`` give a connection inside a transaction; both are thread-safe."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._writing = threading.RLock()
        self._closed = False
        with translated(f"open {str(path)!r}"):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = self._connect()
        with ExitStack() as undo, translated(f"open {str(path)!r}"):
            undo.callback(self._writer.close)
            prepare(self._writer, path=str(path))
            undo.pop_all()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=_BUSY_MS / 1000, isolation_level=None, check_same_thread=False)
        connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
        _switch_to_wal(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = FAST")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        return connection

    @contextmanager
    def write(self, doing: str, *, durable: bool = False, wait: bool = True) -> Iterator[sqlite3.Connection]:
        """Give the writing connection in a transaction that commits at the end and rolls back on any error.

        ``durable`` syncs to the disk before it returns, so that not even a power cut undoes it or any write before.
        Without ``wait`` a writer at work, in whatever process, is a retryable `StoreError` at once.
        """
        if not self._writing.acquire(blocking=wait):
            raise StoreError(f"The store could not {doing}: another thread writes.", retryable=True)
        with ExitStack() as held, translated(doing):
            held.callback(self._writing.release)
            self._refuse_closed()
            connection = self._writer
            connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS if wait else 0}")
            connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def begin_read(self) -> sqlite3.Connection:
        """Return a connection that sees one state of the database until `end_read`."""
        connection = self._take()
        with ExitStack() as undo:
            undo.callback(connection.close)
            connection.execute("BEGIN")
            connection.execute("SELECT one FROM lease").fetchone()  # a deferred transaction begins with its first read
            undo.pop_all()
        return connection

    def end_read(self, connection: sqlite3.Connection) -> None:
        """Take back a connection of `begin_read`."""
        try:
            connection.execute("ROLLBACK")
        except sqlite3.Error:
            connection.close()
            raise
        with self._lock:
            if not self._closed and len(self._idle) < _IDLE_READERS:
                self._idle.append(connection)
                return
        connection.close()

    @contextmanager
    def read(self, doing: str) -> Iterator[sqlite3.Connection]:
        """Give a connection of its own that sees one state of the database for as long as it is held."""
        with translated(doing):
            connection = self.begin_read()
            try:
                yield connection
            finally:
                self.end_read(connection)

    def _refuse_closed(self) -> None:
        if self._closed:
            raise StoreError(f"The store {str(self.path)!r} is closed.")

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            self._refuse_closed()
            if self._idle:
                return self._idle.pop()
        return self._connect()

    def close(self) -> None:
        """Close every idle connection; one that is being read from closes when it is given back."""
        with self._writing, self._lock:
            if self._closed:
                return
            self._closed = True
            for connection in (*self._idle, self._writer):
                connection.close()
            self._idle.clear()


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Set the journal mode; two processes that make the database together get in each other's way for a moment.

    SQLite does not wait by itself for this lock: https://www.sqlite.org/c3ref/busy_handler.html
    """
    for wait in (0.01, 0.05, 0.2, 1.0, None):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if wait is None:
                connection.close()
                raise
            time.sleep(wait)
        else:
            return
