"""The only place that builds adapters: each on first use, from the settings in force, closed together."""

from __future__ import annotations

import os
import uuid
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from app.settings import Loaded, Settings, load, store_path
from retrieval.errors import UserError

if TYPE_CHECKING:
    from retrieval.answers.answerer import Answerer
    from retrieval.ports import Embedder, Store
    from retrieval.search.searcher import Searcher

__all__ = ["Wiring", "now", "wiring_here"]


def now() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(UTC)


def wiring_here(config: Path | None) -> Wiring:
    """Return the wiring of this process: its environment and its current folder."""
    return Wiring(load(config=config, environ=os.environ, folder=Path.cwd()))


class Wiring:
    """Builds what a command or the server needs. Not for use by several threads while it builds."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self._open = ExitStack()
        self._store: Store | None = None
        self._embedder: Embedder | None = None

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.loaded.settings

    @property
    def database(self) -> Path:
        """The file of the store."""
        return store_path(self.settings)

    def store(self, *, create: bool = False) -> Store:
        """Return the store. Raises `UserError` when there is none yet and ``create`` is not given."""
        if self._store is None:
            from retrieval.stores.sqlite import open_store

            if not create and not self.database.exists():
                raise UserError(
                    f"There is no knowledge base at {self.database} yet: run `tenkyo ingest PATH` first,"
                    " or set TENKYO_STORE to an existing one."
                )
            self.database.parent.mkdir(parents=True, exist_ok=True)
            self._store = open_store(self.database, clock=now, retention=timedelta(days=self.settings.retention_days))
            self._open.callback(self._store.close)
        return self._store

    def embedder(self) -> Embedder:
        """Return the embedder; the first time on a machine it is built, which takes some seconds."""
        if self._embedder is None:
            from retrieval.embedding import local_embedder

            self._embedder = local_embedder(
                self.settings.cache,
                threads=self.settings.threads,
                engine="auto" if self.settings.embedder == "local" else "package",
            )
        return self._embedder

    def searcher(self) -> Searcher:
        """Return the search over the store."""
        from retrieval.search.searcher import Searcher

        return Searcher(self.store(), self.embedder())

    def answerer(self) -> Answerer:
        """Return what answers questions from the store."""
        from retrieval.answers.answerer import Answerer

        return Answerer(self.searcher(), self.store(), clock=now, new_id=lambda: uuid.uuid4().hex)

    def close(self) -> None:
        """Close what was opened."""
        self._open.close()
