"""Question sets taken in by the real ingestion, each a source of its own, in a store that stays for the next run."""

from __future__ import annotations

import gzip
import shutil
import tarfile
import uuid
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.questions import QuestionSet
from benchmarks.remembering import Remembering
from ingest.isolation import IsolatedReader, Limits
from ingest.run import Ingestion
from ingest.sources.folder import FolderSource
from ingest.sources.records import RecordSource
from retrieval.embedding import local_embedder
from retrieval.ports import Source, Store
from retrieval.search.searcher import Searcher
from retrieval.stores.originals import FolderOriginals
from retrieval.stores.sqlite import open_store

__all__ = ["Library"]


class Library:
    """A context: the store of some sets in one index, and the search over it. Closed with the context."""

    def __init__(self, work: Path, sets: Sequence[QuestionSet], *, cache: Path) -> None:
        self._work = work
        self._sets = sets
        self._cache = cache
        self._open = ExitStack()
        self.store: Store
        self.searcher: Searcher

    def __enter__(self) -> Self:
        self._work.mkdir(parents=True, exist_ok=True)
        database = self._work / ("+".join(one.name for one in self._sets) + ".db")
        embedder = Remembering(local_embedder(self._cache), self._work / "vectors.db")
        self._open.callback(embedder.close)
        self.store = open_store(database, clock=_now)
        self._open.callback(self.store.close)
        reader = self._open.enter_context(IsolatedReader(Limits()))
        ingestion = Ingestion(
            store=self.store,
            originals=FolderOriginals(database.with_suffix(".originals")),
            embedder=embedder,
            reader=reader,
            clock=_now,
            new_id=lambda: uuid.uuid4().hex,
        )
        for one in self._sets:
            ingestion.run(self._source(one))
        self.searcher = Searcher(self.store, embedder)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def _source(self, one: QuestionSet) -> Source:
        place = self._work / "corpora" / one.name
        if one.records:
            records = place.with_suffix(".jsonl")
            if not records.exists():
                records.parent.mkdir(parents=True, exist_ok=True)
                with gzip.open(one.corpus) as packed, records.open("wb") as plain:
                    shutil.copyfileobj(packed, plain)
            return RecordSource(records, name=one.name, id_field="doc_id", labels=("public",))
        if not place.exists():
            with tarfile.open(one.corpus) as pages:
                pages.extractall(place, filter="data")
        return FolderSource(place, name=one.name, labels=("public",))


def _now() -> datetime:
    return datetime.now(UTC)
