"""The embedded store: SQLite from the standard library, FTS5 on our own tokens, memory-mapped segments beside it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from retrieval.ports import Clock, Store

__all__ = ["open_store"]

_RETENTION = timedelta(days=30)


def open_store(path: Path, *, clock: Clock, retention: timedelta = _RETENTION) -> Store:
    """Open the store in the file ``path``, which is made when it is not there, with derived files in ``<path>.files``.

    Text of a superseded version is kept for ``retention``, so that citations of it still open. Raises `UserError`
    when a newer Tenkyo wrote the file, `StoreError` when it cannot be opened.
    """
    # numpy takes longer to import than the store to open, and not every command opens one.
    from retrieval.stores.sqlite.store import SqliteStore

    return SqliteStore(path, clock=clock, retention=retention)
