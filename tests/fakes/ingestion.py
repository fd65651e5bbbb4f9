"""An ingestion over a temporary store with the hash embedder, for tests of runs."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.readers.registry import reader_for
from ingest.report import OnEvent, RunReport
from ingest.run import Ingestion
from ingest.sources.folder import FolderSource
from retrieval.access import filter_for, principal_with
from retrieval.ports import Embedder, Hints, Source, Store
from retrieval.stores.originals import FolderOriginals
from retrieval.stores.sqlite import open_store
from retrieval.text.lexical import plain_query
from retrieval.values import Extraction, Filter
from tests.fakes.embedder import HashEmbedder

__all__ = ["Bench", "InlineReader"]

PUBLIC_ONLY = filter_for(principal_with((), name="test"))


class InlineReader:
    """Reads in this process, without a child: quick, and as safe as the files of a test. Counts what it reads."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def read(self, path: Path, hints: Hints) -> Extraction:
        self.names.append(hints.name)
        reader = reader_for(hints.media_type)
        assert reader is not None, hints.media_type
        return reader.read(path, hints)


class Bench:
    """A folder ``docs`` with files to write, and an ingestion of it; every part is there to look at."""

    def __init__(self, folder: Path, *, store: Store | None = None, embedder: Embedder | None = None) -> None:
        self.folder = folder
        self.docs = folder / "docs"
        self.docs.mkdir(exist_ok=True)
        self.now = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
        self.store = store or open_store(folder / "kb.db", clock=self.clock, retention=timedelta(days=30))
        self.originals = FolderOriginals(folder / "originals")
        self.embedder = embedder or HashEmbedder()
        self.reader = InlineReader()
        numbers = itertools.count(1)
        self.ingestion = Ingestion(
            store=self.store,
            originals=self.originals,
            embedder=self.embedder,
            reader=self.reader,
            clock=self.clock,
            new_id=lambda: f"run-{next(numbers)}",
        )

    def clock(self) -> datetime:
        return self.now

    def write(self, key: str, text: str | bytes, **attributes: object) -> None:
        """Write a file, and a sidecar when attributes are given."""
        path = self.docs / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        if attributes:
            sidecar = path.with_name(path.name + ".metadata.json")
            sidecar.write_text(json.dumps({"metadataAttributes": attributes}))

    def source(self, *, labels: Sequence[str] = ("public",)) -> Source:
        return FolderSource(self.docs, labels=labels)

    def run(
        self,
        source: Source | None = None,
        *,
        allow_mass_delete: bool = False,
        only_failed: bool = False,
        verify_content: bool = False,
        on_event: OnEvent | None = None,
    ) -> RunReport:
        return self.ingestion.run(
            source or self.source(),
            allow_mass_delete=allow_mass_delete,
            only_failed=only_failed,
            verify_content=verify_content,
            on_event=on_event,
        )

    def found(self, question: str, *, where: Filter = PUBLIC_ONLY) -> list[str]:
        """Return the texts of the lexical lane, best first."""
        with self.store.view() as view:
            hits = view.lexical(plain_query(question), k=10, where=where).hits
            passages = view.passages([hit.chunk_id for hit in hits], where=where)
        return [passages[hit.chunk_id].text for hit in hits]

    def dump(self) -> list[str]:
        return list(self.store.dump())
