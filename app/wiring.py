"""The only place that builds adapters: each on first use, from the settings in force, closed together."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from app.glossary import wordbook
from app.settings import DEFAULT_STORE, Loaded, Settings, load, store_path
from retrieval.errors import SettingsError, UserError

if TYPE_CHECKING:
    from app.remembered import Given
    from ingest.run import Ingestion
    from retrieval.answers.answerer import Answerer
    from retrieval.gloss import Gloss
    from retrieval.ports import Embedder, Reranker, Source, Store
    from retrieval.search.pins import Pins
    from retrieval.search.searcher import Searcher

__all__ = ["Wiring", "now", "wiring_here"]


def now() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(UTC)


def wiring_here(config: Path | None, *, default_store: str = DEFAULT_STORE) -> Wiring:
    """Return the wiring of this process: its environment and its current folder."""
    return Wiring(load(config=config, environ=os.environ, folder=Path.cwd(), default_store=default_store))


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
            try:
                self.database.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise SettingsError(
                    f"store {self.settings.store!r} ({self.loaded.origins['store']}): cannot make the folder"
                    f" {self.database.parent}: {error.strerror}."
                ) from None
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

        return Searcher(
            self.store(),
            self.embedder(),
            glossary=wordbook(self.settings.glossary),
            gloss=self.gloss(),
            pins=self.pins(),
            reranker=self._reranker(),
        )

    def gloss(self) -> Gloss | None:
        """Return the dictionary between Japanese and English. Raises `SettingsError` when it is on and not there."""
        if self.settings.gloss == "off":
            return None
        from retrieval.gloss import installed, open_gloss

        return open_gloss() if self.settings.gloss == "on" or installed() else None

    def pins(self) -> Pins | None:
        """Return what is put first or never shown for some questions, None when nothing is."""
        from retrieval.search.pins import Pin, Pins

        rules = [Pin(questions=rule.question, first=rule.first, never=rule.never) for rule in self.settings.pins]
        return Pins(rules) if rules else None

    def _reranker(self) -> Reranker | None:
        if self.settings.reranker == "none":
            return None
        from retrieval.search.late_scoring import LateScoring

        return LateScoring()

    def answerer(self) -> Answerer:
        """Return what answers questions from the store."""
        from retrieval.answers.answerer import Answerer

        return Answerer(self.searcher(), self.store(), clock=now, new_id=lambda: uuid.uuid4().hex)

    def source(self, given: Given) -> Source:
        """Return the source that was given. Raises `UserError` when it is not there."""
        from ingest.sources.folder import FileSource, FolderSource
        from ingest.sources.globs import LabelRule
        from ingest.sources.records import RecordSource

        path = Path(given.path)
        if given.kind == "records":
            return RecordSource(
                path,
                name=given.name,
                id_field=given.id_field,
                title_field=given.title_field,
                text_field=given.text_field,
                question_field=given.question_field,
                metadata_fields=given.metadata_fields,
                labels=given.labels,
            )
        if given.kind == "file":
            return FileSource(path, name=given.name, labels=given.labels)
        rules = [LabelRule(pattern=rule.glob, labels=frozenset(rule.labels)) for rule in self.settings.labels]
        return FolderSource(
            path,
            name=given.name,
            include=given.include,
            exclude=given.exclude,
            labels=given.labels,
            label_rules=rules,
        )

    @contextmanager
    def ingestion(self) -> Iterator[Ingestion]:
        """Yield what takes documents in, with a reader's process that ends with the context."""
        from ingest.isolation import IsolatedReader, Limits
        from ingest.plan import Guard
        from ingest.run import Ingestion
        from retrieval.stores.originals import FolderOriginals

        readers = self.settings.readers
        limits = Limits(wall_s=readers.wall_seconds, cpu_s=readers.cpu_seconds, memory_bytes=readers.memory_mb << 20)
        with IsolatedReader(limits) as reader:
            yield Ingestion(
                store=self.store(create=True),
                originals=FolderOriginals(self.database.with_name(self.database.name + ".files") / "originals"),
                embedder=self.embedder(),
                reader=reader,
                clock=now,
                new_id=lambda: uuid.uuid4().hex,
                max_bytes=readers.document_mb << 20,
                guard=Guard(share=self.settings.mass_delete_share),
            )

    @contextmanager
    def untouched(self) -> Iterator[Wiring]:
        """Yield a wiring that leaves no store behind: this one, or one over an empty throw-away store."""
        if self.database.exists():
            yield self
            return
        with tempfile.TemporaryDirectory(prefix="tenkyo-dry-") as folder:
            settings = self.settings.model_copy(update={"store": f"sqlite:///{Path(folder).absolute()}/kb.db"})
            wiring = Wiring(replace(self.loaded, settings=settings))
            try:
                yield wiring
            finally:
                wiring.close()

    def close(self) -> None:
        """Close what was opened."""
        self._open.close()
